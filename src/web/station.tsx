/** The device page's beginning. */
import "./style/base.css";
import "./style/station.css";
import { start } from "./parts/start.tsx";
import { StationPage } from "./station/page.tsx";

start(StationPage);
