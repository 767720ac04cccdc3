// Takes the token from the link's fragment to the program and opens the screens, at the page that stands behind the token.
(() => {
  const waiting = document.getElementById("waiting");
  const [token, page = "/"] = location.hash.slice(1).split(":", 2);
  // Never to another host, whoever made the link.
  const isOurs = page.startsWith("/") && new URL(page, location.origin).origin === location.origin;
  // Out of the address bar and the history, whatever comes of it.
  history.replaceState(null, "", "/enter");
  fetch("/enter", {
    method: "POST",
    body: new URLSearchParams({ token }),
    credentials: "same-origin",
    redirect: "manual",
  }).then((answer) => {
    if (answer.type === "opaqueredirect") {
      location.replace(isOurs ? page : "/");
    } else {
      waiting.textContent = waiting.dataset.usedUp;
    }
  }, () => {
    waiting.textContent = waiting.dataset.usedUp;
  });
})();
