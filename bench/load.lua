-- The load: requests from a list, one after the other, in one thread of wrk.
-- usage: wrk -t 1 … -s load.lua URL -- LIST [MUST]
-- LIST has a line "#<tab>GROUP<tab>GROUP…": the order in which groups take turns; and a line for each request:
--   GROUP <tab> METHOD <tab> PATH <tab> TOKEN or - <tab> VERSION or - <tab> BODY or -
-- A request with a VERSION is a write: $VERSION in its body becomes the version, which each writing raises by one.
-- With MUST, every answer is looked at: it must hold that text and no errors.
local groups, turns, turn = {}, {}, 0
local must
wrong, writes, first_wrong = 0, 0, nil

local function ready(request, pass)
  local body = request.body
  if request.version then
    body = body:gsub("%$VERSION", tostring(request.version + pass))
  end
  return wrk.format(request.method, request.path, request.headers, body)
end

local function look(status, headers, body)
  if status < 200 or status > 299 or not body:find(must, 1, true)
    or body:find('"errors":[', 1, true) or body:find('"userErrors":[{', 1, true) then
    wrong = wrong + 1
    if wrong == 1 then first_wrong = status .. " " .. body:sub(1, 300) end
  end
end

function init(args)
  for line in io.lines(args[1]) do
    local name, method, path, token, version, body =
      line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    if line:sub(1, 2) == "#\t" then
      for group in line:sub(3):gmatch("[^\t]+") do turns[#turns + 1] = group end
    elseif name then
      local headers = {}
      if token ~= "-" then headers["Authorization"] = "Bearer " .. token end
      if body == "-" then body = nil else headers["Content-Type"] = "application/json" end
      local request = { method = method, path = path, headers = headers, body = body, version = tonumber(version) }
      request.bytes = ready(request, 0)
      local group = groups[name]
      if not group then
        group = { at = 0, pass = 0 }
        groups[name] = group
      end
      group[#group + 1] = request
    end
  end
  for place, name in ipairs(turns) do turns[place] = groups[name] end
  must = args[2]
  if must then response = look end
end

function request()
  turn = turn % #turns + 1
  local group = turns[turn]
  group.at = group.at + 1
  if group.at > #group then group.at, group.pass = 1, group.pass + 1 end
  local next = group[group.at]
  if not next.version then return next.bytes end
  writes = writes + 1
  if group.pass == 0 then return next.bytes end
  return ready(next, group.pass)
end

local thread
function setup(only) thread = only end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests":%d,"secs":%.3f,"p50_ms":%.3f,"p99_ms":%.3f,"bytes":%d,"bad_status":%d,"broken":%d,"wrong":%d,"writes":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.bytes, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    thread:get("wrong"), thread:get("writes")))
  local first = thread:get("first_wrong")
  if first then io.write("WRONG " .. first:gsub("%s+", " ") .. "\n") end
end
