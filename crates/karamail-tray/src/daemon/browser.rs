//! The screens in the person's own browser, where there is no webview: on loopback, with a link that works once. Where no browser opens
//! either, the link itself is told.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use karamail_core::words::Language;
use karamail_core::words::fallback as words;
use karamail_engine::program::Program;
use karamail_tray::outside;
use karamail_web::serve::{Access, Notice, Server};

/// Where Microsoft gives away the WebView2 runtime that keeps itself up to date ("Evergreen").
const WEBVIEW2: &str = "https://go.microsoft.com/fwlink/p/?LinkId=2124703";
/// The port closes when nobody has looked at a page for so long (decision 0116).
const UNUSED: Duration = Duration::from_secs(60 * 60);

/// The listener, opened when it is needed.
#[derive(Default)]
pub(crate) struct Browser {
    access: Option<Arc<Access>>,
    /// Who answers at the moment.
    serving: Arc<Mutex<bool>>,
}

impl Browser {
    /// Opens a page in the default browser. The first one says why there is no window.
    ///
    /// # Errors
    /// No port on loopback.
    pub(crate) fn show(
        &mut self,
        runtime: &tokio::runtime::Handle,
        program: &Arc<Program>,
        path: &str,
    ) -> io::Result<()> {
        let access = self.served(runtime, program)?;
        let link = access.link_to(path)?;
        outside::open(&link, teller(runtime.clone(), program.language(), link.clone()));
        Ok(())
    }

    /// Who may come in to a listener that is open.
    fn served(
        &mut self,
        runtime: &tokio::runtime::Handle,
        program: &Arc<Program>,
    ) -> io::Result<Arc<Access>> {
        let mut is_serving = self.serving.lock().unwrap_or_else(PoisonError::into_inner);
        if let (true, Some(access)) = (*is_serving, &self.access) {
            return Ok(Arc::clone(access));
        }
        let server = runtime.block_on(open(program, self.access.take()))?;
        *is_serving = true;
        let access = server.access();
        self.access = Some(Arc::clone(&access));
        let serving = Arc::clone(&self.serving);
        runtime.spawn(async move {
            if let Err(error) = server.run_while_used(UNUSED).await {
                tracing::error!(%error, "the screens are served no longer");
            }
            *serving.lock().unwrap_or_else(PoisonError::into_inner) = false;
        });
        Ok(access)
    }
}

/// At the port where it was before, if there is one, so that pages left open go on; else at a free one, with the notice.
async fn open(program: &Arc<Program>, before: Option<Arc<Access>>) -> io::Result<Server> {
    if let Some(access) = before
        && let Ok(server) = Server::resume(Arc::clone(program), access).await
    {
        return Ok(server);
    }
    let server = Server::bind(Arc::clone(program), 0).await?;
    server.access().tell_once(why_no_window());
    Ok(server)
}

/// Tells the link on whatever thread it is that no browser opened. A notice is shown by a task, and the thread that opens addresses is
/// none of the runtime's.
fn teller(
    runtime: tokio::runtime::Handle,
    language: Language,
    link: String,
) -> impl FnOnce(&io::Error) + Send + 'static {
    move |error| {
        let _inside = runtime.enter();
        tell(language, &link, error);
    }
}

/// No browser opened: the person must still come to the link. It works once and on this machine, so a notice may carry it; the log may not.
fn tell(language: Language, link: &str, error: &io::Error) {
    tracing::warn!(%error, "no browser could be opened");
    let text = words::no_browser(language, &error.to_string());
    eprintln!("{text}\n{link}");
    let advice = words::no_browser_advice(language);
    // Until it is taken away: it is the only way in.
    super::life::notify_until_seen(words::no_browser_title(language), format!("{advice}\n{link}"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_browser_opens_the_link_is_told_from_the_thread_that_learns_it() {
        // Never driven: nobody's desktop shows the notice of a test.
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let link = "http://127.0.0.1:1/enter#x".to_owned();
        let tell = teller(runtime.handle().clone(), Language::Japanese, link);
        let thread = std::thread::spawn(move || tell(&io::Error::other("no browser")));
        assert!(
            thread.join().is_ok(),
            "it broke down, and the person has no way in"
        );
    }
}
