// Takes the token from the link's fragment to the program and opens the screens.
(() => {
  const waiting = document.getElementById("waiting");
  const token = location.hash.slice(1);
  // Out of the address bar and the history, whatever comes of it.
  history.replaceState(null, "", "/enter");
  fetch("/enter", {
    method: "POST",
    body: new URLSearchParams({ token }),
    credentials: "same-origin",
    redirect: "manual",
  }).then((answer) => {
    if (answer.type === "opaqueredirect") {
      location.replace("/");
    } else {
      waiting.textContent = waiting.dataset.usedUp;
    }
  }, () => {
    waiting.textContent = waiting.dataset.usedUp;
  });
})();
