//! `karamail`: the command line, the headless daemon and the demo.
//!
//! Reading order: [`arguments`] (what can be asked), [`context`] (settings, folders, language), `commands/` (one file a
//! command), [`exit`] (the exit codes).

mod arguments;
mod commands;
mod context;
mod exit;
mod handover;
mod output;
mod service;
mod signals;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, ResultsAction};
use context::{Context, Failure};
use exit::Exit;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let context = match Context::new(&arguments.common) {
        Ok(context) => context,
        Err(failure) => return failure.report(None).into(),
    };
    // Two threads: the loop and the log on one, sends and a second mailbox on the other. More would only cost memory.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error_line(&error.to_string());
            return Exit::Failed.into();
        }
    };
    let exit = match runtime.block_on(run(&context, &arguments.command)) {
        Ok(exit) => exit,
        Err(failure) => failure.report(Some(context.language)),
    };
    // A thread that waits for a password at the terminal must not hold the program back.
    runtime.shutdown_background();
    exit.into()
}

async fn run(context: &Context, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Run => commands::run::run(context).await,
        Command::Serve(arguments) => commands::serve::run(context, arguments).await,
        Command::Once => commands::once::run(context).await,
        Command::Demo(arguments) => commands::demo::run(context, arguments).await,
        Command::Decide(arguments) => commands::decide::run(context, arguments).await,
        Command::Test { action } => commands::test::run(context, action).await,
        Command::Results(arguments) => match &arguments.action {
            Some(ResultsAction::Resend(resend)) => commands::resend::run(context, resend).await,
            Some(ResultsAction::Show(one)) => commands::show::run(context, one).await,
            Some(ResultsAction::Erase(erase)) => commands::erase::run(context, erase).await,
            None => commands::results::run(context, &arguments.list).await,
        },
        Command::Backup(arguments) => commands::backup::write(context, arguments).await,
        Command::Restore(arguments) => commands::backup::restore(context, arguments).await,
        Command::Import(arguments) => commands::import::run(context, arguments).await,
        Command::Log(arguments) => commands::log::run(context, arguments),
        Command::Hold { action } => commands::hold::hold(context, action).await,
        Command::Backlog { action } => commands::hold::backlog(context, action).await,
        Command::Quarantine {
            action: arguments::QuarantineAction::List,
        } => commands::hold::quarantine(context).await,
        Command::Config { action } => commands::config::run(context, action).await,
        Command::Password { action } => commands::password::run(context, action).await,
    }
}
