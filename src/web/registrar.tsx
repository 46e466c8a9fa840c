/** The registrar pages' beginning. */
import "./style/base.css";
import "./style/registrar.css";
import { start } from "./parts/start.tsx";
import { RegistrarPage } from "./registrar/page.tsx";

start(RegistrarPage);
