import { VivavocePlayer } from "./player.js";

if (!customElements.get("vivavoce-player")) customElements.define("vivavoce-player", VivavocePlayer);
