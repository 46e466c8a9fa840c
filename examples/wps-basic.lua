  --Basic example
  wifi.setmode(wifi.STATION)
  wps.enable()
  wps.start(function(status)
    if status == wps.SUCCESS then
      wps.disable()
      print("WPS: Success, connecting to AP...")
      wifi.sta.connect()
      return
    elseif status == wps.FAILED then
      print("WPS: Failed")
    elseif status == wps.TIMEOUT then
      print("WPS: Timeout")
    elseif status == wps.WEP then
      print("WPS: WEP not supported")
    elseif status == wps.SCAN_ERR then
      print("WPS: AP not found")
    else
      print(status)
    end
    wps.disable()
  end)
