/** The demo page' beginning. */
import "./style/base.css";
