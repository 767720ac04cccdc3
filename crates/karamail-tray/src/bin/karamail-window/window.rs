//! The window with its webview.

use karamail_tray::face::State;
use karamail_tray::icon;
use karamail_tray::link::Address;
use tao::dpi::LogicalSize;
use tao::event_loop::{EventLoopProxy, EventLoopWindowTarget};
use tao::window::{Icon, Window, WindowBuilder};
use wry::{NewWindowResponse, WebView, WebViewBuilder};

use crate::{Wish, protocol};

/// A window that shows the screens.
pub(crate) struct Screens {
    // The webview goes before the window it lies in.
    webview: WebView,
    window: Window,
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
        title: &str,
    ) -> Result<Screens, Box<dyn std::error::Error>> {
        let window = WindowBuilder::new()
            .with_title(title)
            .with_inner_size(LogicalSize::new(1000.0, 760.0))
            .with_min_inner_size(LogicalSize::new(360.0, 400.0))
            .with_window_icon(Icon::from_rgba(icon::draw(State::Collecting, 64), 64, 64).ok())
            .build(target)?;
        let (address, runtime) = (address.clone(), runtime.clone());
        let opener = proxy.clone();
        let builder = WebViewBuilder::new()
            .with_asynchronous_custom_protocol(protocol::NAME.into(), move |_, request, responder| {
                let address = address.clone();
                runtime.spawn(async move {
                    responder.respond(protocol::answer(&address, request).await);
                });
            })
            .with_navigation_handler(|address| protocol::is_ours(&address) || address == "about:blank")
            .with_new_window_req_handler(move |address, _| {
                // Pages of providers and the like: for the person's own browser.
                let _ = opener.send_event(Wish::OpenOutside(address));
                NewWindowResponse::Deny
            })
            .with_url(protocol::address(path));
        #[cfg(not(any(windows, target_os = "macos")))]
        let webview = {
            use tao::platform::unix::WindowExtUnix;
            use wry::WebViewBuilderExtUnix;
            let place = window
                .default_vbox()
                .ok_or("the window has no place for a webview")?;
            builder.build_gtk(place)?
        };
        #[cfg(any(windows, target_os = "macos"))]
        let webview = builder.build(&window)?;
        Ok(Screens { webview, window })
    }

    /// Shows another page and comes to the front.
    pub(crate) fn show(&self, path: &str) {
        if let Err(error) = self.webview.load_url(&protocol::address(path)) {
            tracing::warn!(%error, "the page could not be shown");
        }
        self.window.set_minimized(false);
        self.window.set_visible(true);
        self.window.set_focus();
    }
}
