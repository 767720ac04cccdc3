//! The screens in a browser, because the program's own window cannot be shown.

use super::words;

words! {
    /// Windows lacks the WebView2 runtime.
    pub fn no_webview2() {
        ja: "専用の画面を開けないため、ブラウザーで表示しています。操作は同じです。Microsoft の「WebView2 ランタイム」（無料）を入れると、次からは専用の画面で開きます。",
        en: "Karamail's own window could not be opened, so you see it in the browser; everything works the same. With Microsoft's WebView2 Runtime (free) it opens in its own window from then on.",
    }
    /// Link to Microsoft's installer.
    pub fn fetch_webview2() {
        ja: "WebView2 ランタイムを Microsoft から入手する",
        en: "Get the WebView2 Runtime from Microsoft",
    }
    /// Linux lacks WebKitGTK, or it fails.
    pub fn no_webkit() {
        ja: "専用の画面を開けないため、ブラウザーで表示しています。操作は同じです。「WebKitGTK 4.1」を入れると、次からは専用の画面で開きます。",
        en: "Karamail's own window could not be opened, so you see it in the browser; everything works the same. With WebKitGTK 4.1 installed it opens in its own window from then on.",
    }
    /// No browser opened either.
    pub fn no_browser(why: &str) {
        ja: "画面を開けませんでした（{why}）。次のリンクをこのパソコンのブラウザーで開いてください。一度だけ使えます。",
        en: "The screens could not be opened ({why}). Open this link in a browser on this computer; it works once:",
    }
    /// Title of the notice with the link.
    pub fn no_browser_title() { ja: "Karamail の画面を開けませんでした", en: "Karamail's screens could not be opened" }
    /// What to do about it.
    pub fn no_browser_advice() {
        ja: "このリンクを、このパソコンのブラウザーで開いてください（一度だけ使えます）：",
        en: "Open this link in a browser on this computer (it works once):",
    }
}
