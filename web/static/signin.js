// Shows the password while its button is pressed in. Pasting and password managers stay allowed.
"use strict";
document.querySelector("[data-show]")?.addEventListener("click", (event) => {
  const field = document.getElementById("pw");
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  event.currentTarget.ariaPressed = String(!shown);
});
