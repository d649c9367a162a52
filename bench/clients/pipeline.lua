-- wrk -s pipeline.lua URL -- PATH DEPTH: keeps DEPTH requests outstanding on each connection
init = function(args)
    local one = wrk.format("GET", args[1])
    batch = one:rep(tonumber(args[2]))
end
request = function() return batch end
