/** The demo page's beginning. */
import "./style/base.css";
import "./style/station.css";
import "./style/demo.css";
import { DemoPage } from "./demo/page.tsx";
import { start } from "./parts/start.tsx";

start(DemoPage);
