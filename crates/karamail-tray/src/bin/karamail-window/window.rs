//! The window with its webview.

use std::path::{Path, PathBuf};

use karamail_engine::data_folder::make_private_folder;
use karamail_tray::face::State;
use karamail_tray::icon;
use karamail_tray::link::Address;
use karamail_tray::outside;
use tao::event_loop::{EventLoopProxy, EventLoopWindowTarget};
use tao::window::{Icon, Window, WindowBuilder};
use wry::{NewWindowResponse, PageLoadEvent, WebContext, WebView, WebViewBuilder};

use crate::remembered::{Remembered, SMALLEST, Seen, Step};
use crate::{Wish, protocol};

/// Asks the page whether it may go; pages that cannot say so may.
const MAY_CLOSE: &str = "window.karamailWindow ? karamailWindow.mayClose(IS_FIRST) : 'yes'";
/// A page's print button, where the system's webview knows no `window.print`.
const PRINT: &str = "window.print = () => { fetch('/window/print', { method: 'POST' }); };";

/// Where the window's webview and what is remembered of it have their files.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    folder: PathBuf,
}

impl Places {
    pub(crate) fn in_data_folder(folder: &Path) -> Places {
        Places {
            folder: folder.to_owned(),
        }
    }

    fn remembered(&self) -> PathBuf {
        self.folder.join("window.json")
    }

    /// Not beside the program, where WebView2 would put it: that folder may be read-only, and stays when the program goes.
    fn webview(&self) -> PathBuf {
        self.folder.join("webview")
    }
}

/// How far a wish to close has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    No,
    /// The page was asked and has not answered.
    Asked,
}

/// A window that shows the screens.
pub(crate) struct Screens {
    // The webview goes before its context and the window it lies in.
    webview: WebView,
    _context: WebContext,
    window: Window,
    proxy: EventLoopProxy<Wish>,
    places: Places,
    remembered: Remembered,
    seen: Seen,
    /// The address of the page that came last; a webview whose process ended has forgotten it.
    at: Option<String>,
    closing: Closing,
}

impl Screens {
    /// Opens the window at a page.
    ///
    /// # Errors
    /// No window, or no webview (WebView2 is missing): the caller shows the screens in a browser.
    pub(crate) fn open(
        target: &EventLoopWindowTarget<Wish>,
        proxy: &EventLoopProxy<Wish>,
        runtime: &tokio::runtime::Handle,
        address: &Address,
        path: &str,
        arguments: &crate::Arguments,
    ) -> Result<Screens, Box<dyn std::error::Error>> {
        let places = Places::in_data_folder(&arguments.data_dir);
        make_private_folder(&places.webview())?;
        let remembered = Remembered::read(&places.remembered());
        let window = open_window(target, &remembered, &arguments.title)?;
        let mut context = WebContext::new(Some(places.webview()));
        context.set_allows_automation(crate::is_automation_allowed());
        let builder = builder(&mut context, proxy, runtime, address).with_url(protocol::address(path));
        #[cfg(target_os = "macos")]
        let builder = followed(builder, proxy);
        let webview = put_into(&window, builder)?;
        follow_process(&webview, proxy);
        let screens = Screens {
            webview,
            _context: context,
            window,
            proxy: proxy.clone(),
            places,
            remembered,
            seen: Seen::default(),
            at: None,
            closing: Closing::No,
        };
        screens.apply_zoom();
        Ok(screens)
    }

    /// Shows another page and comes to the front. The first page is none in particular: what is shown stays, and what is typed.
    pub(crate) fn show(&self, path: &str) {
        if path != "/" {
            self.load(path);
        }
        self.window.set_minimized(false);
        self.window.set_visible(true);
        raise(&self.window);
    }

    fn load(&self, path: &str) {
        if let Err(error) = self.webview.load_url(&protocol::address(path)) {
            tracing::warn!(%error, "the page could not be shown");
        }
    }

    /// A page has come.
    pub(crate) fn loaded(&mut self, address: String) {
        self.at = Some(address);
        self.closing = Closing::No;
        // A new page begins without zoom on some systems.
        self.apply_zoom();
    }

    /// The webview's process ended; another one shows what can be gone on from.
    pub(crate) fn interrupted(&mut self) {
        let at = self.at.take().unwrap_or_default();
        let back = match protocol::path_in(&at) {
            Some(path) if !path.starts_with("/window/") => path,
            _ => "/",
        };
        self.load(&format!("/window/interrupted?back={}", encoded(back)));
    }

    /// × was pressed, or a page's own button: whether the window closes now. Else the page asks, and closes it.
    pub(crate) fn may_close(&mut self) -> bool {
        // A page that does not answer may not hold the window.
        if self.at.is_none() || self.closing == Closing::Asked {
            return true;
        }
        let question = MAY_CLOSE.replace("IS_FIRST", if self.remembered.is_told { "false" } else { "true" });
        let proxy = self.proxy.clone();
        let asked = self
            .webview
            .evaluate_script_with_callback(&question, move |answer| {
                let wish = if answer.contains("asking") {
                    Wish::Answered
                } else {
                    Wish::Close
                };
                let _ = proxy.send_event(wish);
            });
        self.closing = Closing::Asked;
        asked.is_err()
    }

    /// The page answered and asks the person.
    pub(crate) fn answered(&mut self) {
        self.closing = Closing::No;
    }

    /// The person was told what closing means.
    pub(crate) fn told(&mut self) {
        self.remembered.is_told = true;
        self.write();
    }

    /// Prints the page.
    pub(crate) fn print(&self) {
        if let Err(error) = self.webview.print() {
            tracing::warn!(%error, "the page cannot be printed");
        }
    }

    /// Shows larger or smaller text.
    pub(crate) fn zoom(&mut self, step: Step) {
        self.remembered.step(step);
        self.apply_zoom();
    }

    fn apply_zoom(&self) {
        if let Err(error) = self.webview.zoom(self.remembered.zoom()) {
            tracing::warn!(%error, "the text keeps its size");
        }
    }

    /// The window was moved or got another size.
    pub(crate) fn moved(&mut self) {
        self.seen.look(&self.window);
    }

    /// Remembers where the window was; it closes now.
    pub(crate) fn remember(&mut self) {
        self.seen.look(&self.window);
        self.remembered.note(&self.seen, self.window.is_maximized());
        self.write();
    }

    fn write(&self) {
        if let Err(error) = self.remembered.write(&self.places.remembered()) {
            eprintln!("karamail-window: {error}");
        }
    }
}

fn open_window(
    target: &EventLoopWindowTarget<Wish>,
    remembered: &Remembered,
    title: &str,
) -> Result<Window, tao::error::OsError> {
    let beginning = remembered.beginning(target.available_monitors());
    let mut builder = WindowBuilder::new()
        .with_title(title)
        .with_inner_size(beginning.size)
        .with_min_inner_size(SMALLEST)
        .with_maximized(beginning.is_maximized)
        .with_window_icon(Icon::from_rgba(icon::draw(State::Collecting, 64), 64, 64).ok());
    if let Some(position) = beginning.position {
        builder = builder.with_position(position);
    }
    let window = builder.build(target)?;
    // Made by the density of one screen and put on another.
    if cfg!(windows) && !beginning.is_maximized && beginning.position.is_some() {
        window.set_inner_size(beginning.size);
    }
    Ok(window)
}

fn builder<'a>(
    context: &'a mut WebContext,
    proxy: &EventLoopProxy<Wish>,
    runtime: &tokio::runtime::Handle,
    address: &Address,
) -> WebViewBuilder<'a> {
    let (address, runtime) = (address.clone(), runtime.clone());
    let (asked, followed, opened, loaded) = (proxy.clone(), proxy.clone(), proxy.clone(), proxy.clone());
    let builder = WebViewBuilder::new_with_web_context(context)
        .with_asynchronous_custom_protocol(protocol::NAME.into(), move |_, request, responder| {
            if let Some(wish) = protocol::wish(&request) {
                let _ = asked.send_event(wish);
                return responder.respond(protocol::nothing());
            }
            let address = address.clone();
            runtime.spawn(async move {
                responder.respond(protocol::answer(&address, request).await);
            });
        })
        .with_navigation_handler(move |address| {
            let is_ours = protocol::path_in(&address).is_some() || address == "about:blank";
            if !is_ours {
                // Pages of providers, letters and the like: for the person's own programs.
                let _ = followed.send_event(Wish::OpenOutside(address));
            }
            is_ours
        })
        .with_new_window_req_handler(move |address, _| {
            let wish = match protocol::path_in(&address) {
                Some(path) => Wish::Show(path.to_owned()),
                None => Wish::OpenOutside(address),
            };
            let _ = opened.send_event(wish);
            NewWindowResponse::Deny
        })
        .with_on_page_load_handler(move |event, address| {
            if matches!(event, PageLoadEvent::Finished) {
                let _ = loaded.send_event(Wish::Loaded(address));
            }
        })
        // What clerks search for is not offered to the next one, and stays in no file of the webview.
        .with_general_autofill_enabled(false)
        // Else F12 would open them in a build for tests.
        .with_devtools(false)
        .with_clipboard(true);
    match cfg!(target_os = "macos") {
        true => builder.with_initialization_script(PRINT),
        false => builder,
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
fn put_into(window: &Window, builder: WebViewBuilder<'_>) -> Result<WebView, Box<dyn std::error::Error>> {
    use tao::platform::unix::WindowExtUnix as _;
    use wry::WebViewBuilderExtUnix as _;
    let place = window
        .default_vbox()
        .ok_or("the window has no place for a webview")?;
    Ok(builder.build_gtk(place)?)
}

#[cfg(any(windows, target_os = "macos"))]
fn put_into(window: &Window, builder: WebViewBuilder<'_>) -> Result<WebView, Box<dyn std::error::Error>> {
    Ok(builder.build(window)?)
}

/// As [`follow_process`] does elsewhere: WebKit on macOS wants to be told beforehand.
#[cfg(target_os = "macos")]
fn followed<'a>(builder: WebViewBuilder<'a>, proxy: &EventLoopProxy<Wish>) -> WebViewBuilder<'a> {
    use wry::WebViewBuilderExtDarwin as _;
    let proxy = proxy.clone();
    builder.with_on_web_content_process_terminate_handler(move || {
        let _ = proxy.send_event(Wish::Interrupted);
    })
}

/// Tells when the process that draws the pages has ended. WebView2 shows a page of its own then, with a button.
#[cfg(not(any(windows, target_os = "macos")))]
fn follow_process(webview: &WebView, proxy: &EventLoopProxy<Wish>) {
    use webkit2gtk::WebViewExt as _;
    use wry::WebViewExtUnix as _;
    let proxy = proxy.clone();
    webview
        .webview()
        .connect_web_process_terminated(move |_, reason| {
            eprintln!("karamail-window: the webview's process ended: {reason:?}");
            let _ = proxy.send_event(Wish::Interrupted);
        });
}

#[cfg(any(windows, target_os = "macos"))]
fn follow_process(_: &WebView, _: &EventLoopProxy<Wish>) {}

/// Brings the window to the front. tao does so only where the window is not minimised, which it may be for a moment yet.
#[cfg(not(any(windows, target_os = "macos")))]
fn raise(window: &Window) {
    use gtk::prelude::GtkWindowExt as _;
    use tao::platform::unix::WindowExtUnix as _;
    window.gtk_window().present();
}

#[cfg(any(windows, target_os = "macos"))]
fn raise(window: &Window) {
    window.set_focus();
}

/// A path as a value in an address.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => {
                encoded.push(char::from(byte))
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Opens an address in the person's own programs.
pub(crate) fn open_outside(address: &str) {
    if outside::may_leave(address) {
        outside::open(address, |error| eprintln!("karamail-window: {error}"));
    }
}
