//! The screens in the person's own browser, where there is no webview: on loopback, with a link that works once.

use std::io;
use std::sync::Arc;

use karamail_engine::program::Program;
use karamail_web::serve::{Access, Server};

/// The listener, opened when it is first needed and kept until the end.
#[derive(Default)]
pub(crate) struct Browser {
    access: Option<Arc<Access>>,
}

impl Browser {
    /// Opens a page in the default browser. Returns the link, for whoever has to open it by hand.
    ///
    /// # Errors
    /// No port on loopback, or no browser.
    pub(crate) fn show(
        &mut self,
        runtime: &tokio::runtime::Handle,
        program: &Arc<Program>,
    ) -> io::Result<String> {
        let access = match &self.access {
            Some(access) => Arc::clone(access),
            None => {
                let server = runtime.block_on(Server::bind(Arc::clone(program), 0))?;
                let access = server.access();
                runtime.spawn(async move {
                    if let Err(error) = server.run().await {
                        tracing::error!(%error, "the screens are served no longer");
                    }
                });
                self.access = Some(Arc::clone(&access));
                access
            }
        };
        let link = access.link()?;
        opener::open_browser(&link).map_err(io::Error::other)?;
        Ok(link)
    }
}
