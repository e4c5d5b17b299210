// Start of a page: its parts are started where the page has them.
import { load, put } from "./common/parts.js";
import { pageTables } from "./common/tables.js";
import { startWall } from "./events/wall.js";
import { startPeople } from "./people/list.js";
import { unfold } from "./unfold.js";
import { startVideoPage } from "./video/page.js";

// Files loaded on demand call Report.put; nothing else of the scripts is visible outside.
globalThis.Report = { put, load };

unfold();
if (document.getElementById("data")) startVideoPage();
if (document.getElementById("wall-data")) startWall();
if (document.getElementById("people-list")) startPeople();
pageTables();
