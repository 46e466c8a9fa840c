/**
 * The part of the sandbox that is Lua itself: the modules as scripts see them, turns with limits, and errors with their
 * place. Takes away what reaches beyond the script. Gets `host(name, ...)` and `overdue(place)` from `worker.ts`.
 */
export const prelude = `
local host, isOverdue, overdue, name, softKilobytes = ...
local debug, create, resume, status = debug, coroutine.create, coroutine.resume, coroutine.status
local getinfo, sethook, error, type, tostring, pack, unpack, load, select, count, running =
  debug.getinfo, debug.sethook, error, type, tostring, table.pack, table.unpack, load, select, collectgarbage, coroutine.running
local concat, find, setmetatable = table.concat, string.find, setmetatable
local stepsBetweenLooks = 100000

-- Functions that the modules may call back, by number.
local callbacks, lastId = {}, 0
local function keep(f)
  lastId = lastId + 1
  callbacks[lastId] = f
  return lastId
end

local function place(thread, level)
  while true do
    local info = thread and getinfo(thread, level, "Sl") or not thread and getinfo(level + 1, "Sl")
    if not info then return nil end
    if info.source == "=" .. name and info.currentline > 0 then return name .. ":" .. info.currentline end
    level = level + 1
  end
end

-- Called every so many steps of a script.
local function watch()
  if isOverdue() then
    overdue(place(nil, 2) or name)
    error("the script has run for too long without a pause; use a timer (tmr.create) for what goes on", 2)
  end
  if count("count") > softKilobytes then
    count("collect")
    if count("count") > softKilobytes then error("the script uses too much memory", 2) end
  end
end

local function thread(f)
  local made = create(f)
  sethook(made, watch, "", stepsBetweenLooks)
  return made
end

-- Raises what a module complains of where the script has called it.
local function call(name, ...)
  local answer = pack(host(name, ...))
  if not answer[1] then error(answer[2], 3) end
  return unpack(answer, 2, answer.n)
end

-- A function is handed on as a number, anything that is not plain as the name of its kind.
local function plain(value)
  local kind = type(value)
  if kind == "nil" or kind == "boolean" or kind == "number" or kind == "string" then return value end
  return "<" .. kind .. ">"
end

wps = {SUCCESS = 0, FAILED = 1, TIMEOUT = 2, WEP = 3, SCAN_ERR = 4}
function wps.enable() call("wps.enable") end
function wps.disable() call("wps.disable") end
function wps.start(callback)
  if type(callback) == "function" then callback = keep(callback)
  elseif callback ~= nil then error("wps.start: the callback must be a function, not a " .. type(callback) .. ".", 2) end
  call("wps.start", callback)
end

wifi = {
  NULLMODE = 0, STATION = 1, SOFTAP = 2, STATIONAP = 3,
  STA_IDLE = 0, STA_CONNECTING = 1, STA_WRONGPWD = 2, STA_APNOTFOUND = 3, STA_FAIL = 4, STA_GOTIP = 5,
  sta = {},
  eventmon = {
    STA_CONNECTED = 0, STA_DISCONNECTED = 1, STA_GOT_IP = 3,
    reason = {UNSPECIFIED = 1, NO_AP_FOUND = 201, AUTH_FAIL = 202, ASSOC_FAIL = 203},
  },
}
function wifi.setmode(mode) return (call("wifi.setmode", plain(mode))) end
function wifi.getmode() return (call("wifi.getmode")) end
function wifi.sta.connect() call("wifi.sta.connect") end
function wifi.sta.disconnect() call("wifi.sta.disconnect") end
function wifi.sta.getip() return call("wifi.sta.getip") end
function wifi.sta.getmac() return (call("wifi.sta.getmac")) end
function wifi.sta.getrssi() return (call("wifi.sta.getrssi")) end
function wifi.sta.status() return (call("wifi.sta.status")) end
local events = {}
function wifi.eventmon.register(event, callback)
  local id = type(callback) == "function" and keep(callback) or nil
  call("wifi.eventmon.register", plain(event), id)
  if events[event] then callbacks[events[event]] = nil end
  events[event] = id
end
function wifi.eventmon.unregister(event) wifi.eventmon.register(event) end

tmr = {ALARM_SINGLE = 0, ALARM_AUTO = 1, ALARM_SEMI = 2}
local timer = {}
timer.__index = timer
timer.__name = "tmr.timer"
timer.__metatable = "tmr.timer"
local lastTimer = 0
local function own(self, name)
  if type(self) ~= "table" or not self.id then error(name .. ": call it with a colon, as in timer:start().", 3) end
  return self.id
end
local function forget(self)
  if self.callback then callbacks[self.callback] = nil end
  self.callback = nil
end
local function register(name, self, interval, mode, callback)
  local id, kept = own(self, name), nil
  if type(callback) == "function" then
    kept = keep(function()
      if mode == 0 then forget(self) end
      return callback(self)
    end)
  end
  local answer = pack(host(name, id, plain(interval), plain(mode), kept))
  if not answer[1] then
    if kept then callbacks[kept] = nil end
    error(answer[2], 3)
  end
  forget(self)
  self.callback = kept
  return answer[2]
end
function tmr.create()
  lastTimer = lastTimer + 1
  return setmetatable({id = lastTimer}, timer)
end
function tmr.time() return (call("tmr.time")) end
function tmr.now() return (call("tmr.now")) end
function timer.alarm(self, ...) return (register("tmr.alarm", self, ...)) end
function timer.register(self, ...) register("tmr.register", self, ...) end
function timer.start(self, restart) return (call("tmr.start", own(self, "tmr.start"), restart == true or restart == 1)) end
function timer.stop(self) return (call("tmr.stop", own(self, "tmr.stop"))) end
function timer.unregister(self)
  call("tmr.unregister", own(self, "tmr.unregister"))
  forget(self)
end
function timer.interval(self, interval) call("tmr.interval", own(self, "tmr.interval"), plain(interval)) end
function timer.state(self) return call("tmr.state", own(self, "tmr.state")) end

node = {}
function node.restart() call("node.restart") end

function print(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
  call("print", concat(words, "\\t"))
end

coroutine.create = thread
function coroutine.wrap(f)
  local made = thread(f)
  return function(...)
    local result = pack(resume(made, ...))
    if not result[1] then error(result[2], 0) end
    return unpack(result, 2, result.n)
  end
end
function _G.load(chunk, chunkName, _, ...)
  if select("#", ...) > 0 then return load(chunk, chunkName, "t", (...)) end
  return load(chunk, chunkName, "t")
end
loadstring = _G.load
_G.unpack = table.unpack
string.dump = nil
for _, gone in ipairs {"io", "os", "debug", "package", "require", "dofile", "loadfile", "collectgarbage"} do _G[gone] = nil end

-- One turn: nil when it went well, else what went wrong, with its place.
local function turn(f, ...)
  local made = thread(f)
  local result = pack(resume(made, ...))
  if not result[1] then
    local message = type(result[2]) == "string" and result[2] or "error: " .. tostring(result[2])
    if find(message, name .. ":", 1, true) == 1 then return message end
    local at = place(made, 0)
    return (at and at .. ": " or name .. ": ") .. message
  end
  if status(made) ~= "dead" then return (place(made, 0) or name) .. ": attempt to yield from outside a coroutine" end
  if result.n > 1 then return nil, pack(unpack(result, 2, result.n)) end
end

local function chunk(text, interactive)
  local f, message
  if interactive then f = load("return " .. text, "=" .. name, "t") end
  if not f then f, message = load(text, "=" .. name, "t") end
  if not f then
    if interactive and find(message, "<eof>$") then return "incomplete" end
    return message
  end
  local trouble, values = turn(f)
  if trouble then return trouble end
  if interactive and values then return (turn(print, unpack(values, 1, values.n))) end
end

local function callback(id, once, ...)
  local f = callbacks[id]
  if once then callbacks[id] = nil end
  if f then return (turn(f, ...)) end
end

local function tableCallback(id, ...)
  local fields = {}
  for i = 1, select("#", ...), 2 do fields[(select(i, ...))] = (select(i + 1, ...)) end
  return callback(id, false, fields)
end

return chunk, callback, tableCallback
`;
