//! `karamail serve`: the engine with its screens, for a browser on this machine.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use karamail_core::words::screens::shell as words;
use karamail_engine::config::{Places, Settings};
use karamail_engine::program::{Phase, Program};
use karamail_engine::secrets::Secrets;
use karamail_web::serve::{Access, Server};
use serde_json::json;

use crate::arguments;
use crate::context::{Context, Failure, engine_failure};
use crate::exit::Exit;
use crate::output;
use crate::signals;

/// Serves the screens until Ctrl-C. Settings may be missing or wrong: the screens help there.
pub(crate) async fn run(context: &Context, arguments: &arguments::Serve) -> Result<Exit, Failure> {
    let settings = Settings::load(&context.config);
    // Passwords that are typed at every start are asked for at the terminal, or later on the screen.
    let (secrets, _diagnostics) = match &settings {
        Ok(settings) => (
            context.secrets(settings).await?,
            context.start_diagnostics(settings),
        ),
        Err(_) => (Arc::new(Secrets::open(&context.data_dir)), None),
    };
    let places = Places {
        config: context.config.clone(),
        data: context.data_dir.clone(),
        portable: false,
    };
    let program = Program::start(places, secrets, !arguments.stopped);
    if context.is_language_named {
        program.set_language(Some(context.language));
    }
    // With settings, an engine that cannot start (a folder in use, a damaged ledger) is told here, as `run` does.
    if let Phase::Failed(fault) = program.settled().await {
        program.end().await;
        return Err(engine_failure(&fault, context.language));
    }
    let server = match Server::bind(Arc::clone(&program), arguments.port).await {
        Ok(server) => server,
        Err(error) => {
            program.end().await;
            let what = words::port_taken(context.language, arguments.port, &error.to_string());
            let text = format!("{what} {}", words::port_taken_advice(context.language));
            return Err(Failure::said(Exit::Failed, text));
        }
    };
    let access = server.access();
    tell_link(context, &access, arguments.open)?;
    if std::io::stdin().is_terminal() {
        output::line(&words::serving_again(context.language));
        links_on_enter(context.clone(), Arc::clone(&access));
    }
    let ending = Arc::clone(&program);
    let language = context.language;
    tokio::spawn(async move {
        signals::end_requested().await;
        output::error_line(&karamail_core::words::commands::ending(language));
        ending.request_end();
        // Insisted on: at once. The next start finds every promise on disk.
        signals::end_insisted().await;
        std::process::exit(Exit::Failed as i32);
    });
    let served = server.run().await;
    let phase = program.end().await;
    served.map_err(|error| Failure::said(Exit::Failed, error.to_string()))?;
    match phase {
        Phase::Failed(fault) => Err(engine_failure(&fault, context.language)),
        _ => Ok(Exit::Done),
    }
}

/// A link, printed, and opened where that is wished.
fn tell_link(context: &Context, access: &Access, open: bool) -> Result<(), Failure> {
    let link = access
        .link()
        .map_err(|error| Failure::said(Exit::Failed, error.to_string()))?;
    if context.json {
        output::line(&json!({ "link": link }).to_string());
    } else {
        output::line(&words::serving(context.language));
        output::line(&format!("  {link}"));
    }
    if open && let Err(error) = opener::open_browser(&link) {
        output::error_line(&words::no_browser(context.language, &error.to_string()));
    }
    Ok(())
}

/// A new link for each Enter at the terminal.
fn links_on_enter(context: Context, access: Arc<Access>) {
    // A thread of its own: reading a terminal cannot be called off, and the program does not wait for it.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() || tell_link(&context, &access, false).is_err() {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::arguments::{Arguments, Command};

    #[test]
    fn a_free_port_is_taken_where_none_is_named() {
        let parsed = Arguments::try_parse_from(["karamail", "serve"]).unwrap();
        assert!(matches!(parsed.command, Command::Serve(serve) if serve.port == 0 && !serve.open));
    }
}
