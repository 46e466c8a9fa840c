/** The registrar pages' beginning. */
import "./style/base.css";
