/**
 * What scripts call is a C function, as in NodeMCU: Lua keeps the place of a script that calls one in its last line
 * (`return wps.start()`), and forgets it where that calls a function of Lua.
 */
import { decorateFunction, LUA_MULTRET, LUA_REGISTRYINDEX, LuaRawResult, type LuaThread } from "wasmoon";

/**
 * For Lua: `door(f)` gives a C function around one of Lua that gives `true` and its values, or `false` and what is
 * wrong. The C function gives the values, or raises what is wrong with the place of the call.
 */
export const door = onStack((thread) => {
  const inner = BigInt(thread.lua.luaL_ref(thread.address, LUA_REGISTRYINDEX));
  thread.pushValue(onStack((caller, count) => pass(caller, count, inner)));
  return new LuaRawResult(1);
});

function pass(caller: LuaThread, count: number, inner: bigint): LuaRawResult {
  const { lua, address } = caller;
  lua.lua_rawgeti(address, LUA_REGISTRYINDEX, inner);
  lua.lua_rotate(address, 1, 1);
  lua.lua_callk(address, count, LUA_MULTRET, 0, null);
  if (lua.lua_toboolean(address, 1) !== 0) return new LuaRawResult(caller.getTop() - 1);
  lua.luaL_where(address, 1);
  lua.lua_pushvalue(address, 2);
  lua.lua_concat(address, 2);
  return new LuaRawResult(lua.lua_error(address));
}

/** A function that finds its arguments on Lua's stack, and gets their count. */
function onStack(work: (thread: LuaThread, count: number) => LuaRawResult) {
  return decorateFunction(work, { receiveThread: true, receiveArgsQuantity: true });
}
