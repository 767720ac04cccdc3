//! The screens in the person's own browser, where there is no webview: on loopback, with a link that works once.

use std::io;
use std::sync::Arc;

use karamail_core::words::fallback as words;
use karamail_engine::program::Program;
use karamail_web::serve::{Access, Notice, Server};

/// Where Microsoft gives away the WebView2 runtime that keeps itself up to date ("Evergreen").
const WEBVIEW2: &str = "https://go.microsoft.com/fwlink/p/?LinkId=2124703";

/// The listener, opened when it is first needed and kept until the end.
#[derive(Default)]
pub(crate) struct Browser {
    access: Option<Arc<Access>>,
}

impl Browser {
    /// Opens a page in the default browser. The first one says why there is no window.
    ///
    /// # Errors
    /// No port on loopback, or no browser.
    pub(crate) fn show(
        &mut self,
        runtime: &tokio::runtime::Handle,
        program: &Arc<Program>,
        path: &str,
    ) -> io::Result<()> {
        let access = match &self.access {
            Some(access) => Arc::clone(access),
            None => {
                let server = runtime.block_on(Server::bind(Arc::clone(program), 0))?;
                let access = server.access();
                access.tell_once(why_no_window());
                runtime.spawn(async move {
                    if let Err(error) = server.run().await {
                        tracing::error!(%error, "the screens are served no longer");
                    }
                });
                self.access = Some(Arc::clone(&access));
                access
            }
        };
        opener::open_browser(access.link_to(path)?).map_err(io::Error::other)
    }
}

fn why_no_window() -> Notice {
    if cfg!(windows) {
        Notice {
            text: words::no_webview2,
            link: Some((words::fetch_webview2, WEBVIEW2)),
        }
    } else {
        Notice {
            text: words::no_webkit,
            link: None,
        }
    }
}
