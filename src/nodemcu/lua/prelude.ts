/**
 * The part of the sandbox that is Lua itself: the modules as scripts see them, turns with limits, and errors with their
 * place. Takes away what reaches beyond the script. Gets `host`, `door`, `isOverdue` and `overdue` from `worker.ts`.
 */
export const prelude = `
local host, door, isOverdue, overdue, name, softKilobytes = ...
local getinfo, sethook, create, resume, status =
  debug.getinfo, debug.sethook, coroutine.create, coroutine.resume, coroutine.status
local error, type, tostring, load, pack, unpack, concat, setmetatable =
  error, type, tostring, load, table.pack, table.unpack, table.concat, setmetatable
local byte, find, gsub, utf8length, select, collectgarbage =
  string.byte, string.find, string.gsub, utf8.len, select, collectgarbage
local stepsBetweenLooks = 10000

-- Where the script is, in a coroutine or in the running one; nil where nothing of it is under way.
local function place(thread, level)
  while true do
    local info = thread and getinfo(thread, level, "Sl") or not thread and getinfo(level + 1, "Sl")
    if not info then return nil end
    if info.source == "=" .. name and info.currentline > 0 then return name .. ":" .. info.currentline end
    level = level + 1
  end
end

-- Called every so many steps of a script. One that catches what is raised here is ended from outside.
local function watch()
  if isOverdue() then
    local at = place(nil, 2) or name
    overdue(at)
    error(at .. ": the script has run for too long without a pause; use a timer (tmr.create) for what goes on", 0)
  end
  if collectgarbage("count") > softKilobytes then
    collectgarbage("collect")
    if collectgarbage("count") > softKilobytes then error((place(nil, 2) or name) .. ": the script uses too much memory", 0) end
  end
end

local function thread(f)
  local made = create(f)
  sethook(made, watch, "", stepsBetweenLooks)
  return made
end

-- Functions that the modules may call back, by number; and which of them counts, by what it was given to.
local callbacks, lastId, current = {}, 0, {}
local function settle(slot, id)
  if current[slot] then callbacks[current[slot]] = nil end
  current[slot] = id
end

-- Calls a module with a callback, or nil, which takes the place of the slot's earlier one unless it is refused.
local function hand(slot, call, callback, ...)
  local id
  if callback then
    lastId = lastId + 1
    id = lastId
    callbacks[id] = callback
  end
  local answer = pack(host(call, id, ...))
  if answer[1] then settle(slot, id) elseif id then callbacks[id] = nil end
  return unpack(answer, 1, answer.n)
end

local function noFunction(call, value)
  local kind = type(value)
  return call .. ": the callback must be a function, not " .. (kind == "nil" and "nothing" or "a " .. kind) .. "."
end

-- What is not plain goes to a module as the name of its kind.
local function plain(value)
  local kind = type(value)
  if kind == "nil" or kind == "boolean" or kind == "number" or kind == "string" then return value end
  return "<" .. kind .. ">"
end

-- Only text goes out, and nothing that commands a terminal, such as a name from the air may hold: other bytes as Lua
-- would write them.
local control, noText = "[\\0-\\8\\11\\12\\14-\\31\\127]", "[\\0-\\8\\11\\12\\14-\\31\\127-\\255]"
local function numbered(c) return "\\\\" .. byte(c) end
local function shown(text)
  if not utf8length(text) then return (gsub(text, noText, numbered)) end
  text = gsub(text, "\\xc2[\\x80-\\x9f]", function(c) return "\\\\194\\\\" .. byte(c, 2) end)
  return (gsub(text, control, numbered))
end

-- A function of a module: without arguments; and with a callback that may be missing.
local function asking(call)
  return door(function() return host(call) end)
end
local function calling(call, slot)
  return door(function(callback)
    if callback == nil then return host(call) end
    if type(callback) ~= "function" then return false, noFunction(call, callback) end
    return hand(slot, call, callback)
  end)
end

wps = {
  SUCCESS = 0, FAILED = 1, TIMEOUT = 2, WEP = 3, SCAN_ERR = 4,
  enable = asking("wps.enable"),
  disable = door(function()
    settle("wps", nil)
    return host("wps.disable")
  end),
  start = door(function(callback)
    if callback ~= nil and type(callback) ~= "function" then return false, noFunction("wps.start", callback) end
    return hand("wps", "wps.start", callback)
  end),
}

local function register(event, callback)
  return hand(event, "wifi.eventmon.register", type(callback) == "function" and callback or nil, plain(event))
end
wifi = {
  NULLMODE = 0, STATION = 1, SOFTAP = 2, STATIONAP = 3,
  STA_IDLE = 0, STA_CONNECTING = 1, STA_WRONGPWD = 2, STA_APNOTFOUND = 3, STA_FAIL = 4, STA_GOTIP = 5,
  setmode = door(function(mode) return host("wifi.setmode", nil, plain(mode)) end),
  getmode = asking("wifi.getmode"),
  sta = {
    connect = calling("wifi.sta.connect", 0),
    disconnect = calling("wifi.sta.disconnect", 1),
    getip = asking("wifi.sta.getip"),
    getmac = asking("wifi.sta.getmac"),
    getrssi = asking("wifi.sta.getrssi"),
    status = asking("wifi.sta.status"),
  },
  eventmon = {
    STA_CONNECTED = 0, STA_DISCONNECTED = 1, STA_GOT_IP = 3,
    reason = {UNSPECIFIED = 1, NO_AP_FOUND = 201, AUTH_FAIL = 202, ASSOC_FAIL = 203},
    register = door(register),
    unregister = door(function(event) return register(event) end),
  },
}

local timer, ids, lastTimer = {}, setmetatable({}, {__mode = "k"}), 0
timer.__index = timer
timer.__name = "tmr.timer"
timer.__metatable = "tmr.timer"
tmr = {
  ALARM_SINGLE = 0, ALARM_AUTO = 1, ALARM_SEMI = 2,
  create = door(function()
    lastTimer = lastTimer + 1
    local made = setmetatable({}, timer)
    ids[made] = lastTimer
    return true, made
  end),
  time = asking("tmr.time"),
  now = asking("tmr.now"),
}
local function method(key, f)
  local call = "timer:" .. key
  timer[key] = door(function(self, ...)
    if not ids[self] then return false, call .. ": call it with a colon, as in timer:start()." end
    return f(call, self, ...)
  end)
end
local function alarm(call, self, interval, mode, callback)
  if type(callback) ~= "function" then return false, noFunction(call, callback) end
  local function ring()
    if mode == 0 then settle(self, nil) end
    return callback(self)
  end
  return hand(self, call, ring, ids[self], plain(interval), plain(mode))
end
local function ask(call, self, argument) return host(call, nil, ids[self], plain(argument)) end
method("alarm", alarm)
method("register", alarm)
method("start", function(call, self, restart) return ask(call, self, restart == true or restart == 1) end)
method("stop", ask)
method("interval", ask)
method("state", ask)
method("unregister", function(call, self)
  settle(self, nil)
  return ask(call, self)
end)

node = {restart = asking("node.restart")}

print = door(function(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = shown(tostring((select(i, ...)))) end
  return host("print", nil, concat(words, "\\t"))
end)

coroutine.create = door(function(f)
  if type(f) ~= "function" then return false, "coroutine.create: expected a function, not a " .. type(f) .. "." end
  return true, thread(f)
end)
coroutine.wrap = door(function(f)
  if type(f) ~= "function" then return false, "coroutine.wrap: expected a function, not a " .. type(f) .. "." end
  local made = thread(f)
  return true, function(...)
    local result = pack(resume(made, ...))
    if not result[1] then error(result[2], 0) end
    return unpack(result, 2, result.n)
  end
end)
-- Text only: nothing checks what is compiled already.
_G.load = door(function(text, textName, _, ...)
  if type(text) ~= "string" and type(text) ~= "function" then return false, "load: expected text, not a " .. type(text) .. "." end
  if textName ~= nil and type(textName) ~= "string" then return false, "load: expected a name, not a " .. type(textName) .. "." end
  return true, load(text, textName, "t", ...)
end)
loadstring = _G.load
_G.unpack = table.unpack
string.dump = nil
for _, gone in ipairs {"io", "os", "debug", "package", "require", "dofile", "loadfile", "collectgarbage", "warn"} do _G[gone] = nil end

-- What a script has raised, as text. Its own __tostring is the script's too.
local function words(raised)
  if type(raised) == "string" then return (gsub(raised, "^prelude:%d+: ", "")) end
  local well, text = resume(thread(tostring), raised)
  return "error: " .. (well and text or type(raised))
end

-- One turn: nil when it went well, else what went wrong, with its place; and what the function gives.
local function turn(f, ...)
  local made = thread(f)
  local result = pack(resume(made, ...))
  if not result[1] then
    local message = shown(words(result[2]))
    if find(message, name .. ":", 1, true) == 1 then return message end
    return (place(made, 0) or name) .. ": " .. message
  end
  if status(made) ~= "dead" then return (place(made, 0) or name) .. ": attempt to yield from outside a coroutine" end
  if result.n > 1 then return nil, pack(unpack(result, 2, result.n)) end
end

local function chunk(text, interactive)
  local f, message
  if interactive then
    -- As the firmware has it: =x shows x.
    text = gsub(text, "^=", "return ")
    f = load("return " .. text, "=" .. name, "t")
  end
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
