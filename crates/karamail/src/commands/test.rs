//! `karamail test`: receiving, sending, the round trip with an empty subject, cleaning up; each step ticked off as it
//! happens.

use karamail_core::words::{Told, self_test as words};
use karamail_engine::cycle::Logins;
use karamail_engine::self_test::{Detail, Patience, SelfTest, StepResult, Tick};
use serde_json::{Value, json};

use crate::arguments::{TestAction, TestOf};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;
use crate::signals;

/// Tests one mailbox. Ctrl-C ends the test; a test mail that is under way then stays for `test cleanup`.
pub(crate) async fn run(context: &Context, action: &TestAction) -> Result<Exit, Failure> {
    let settings = context.settings()?;
    let of = match action {
        TestAction::Receive(of) | TestAction::Cleanup(of) => of,
        TestAction::Send { of, .. } | TestAction::Roundtrip { of, .. } => of,
    };
    let TestOf { mailbox } = of;
    let mailbox = context.mailbox(&settings, mailbox.as_deref())?.clone();
    let _diagnostics = context.start_diagnostics(&settings);
    let secrets = context.secrets(&settings).await?;
    let logins = Logins::find(&secrets, &settings, &mailbox).await;
    let mut patience = Patience::default();
    if let TestAction::Roundtrip { wait, .. } = action {
        patience.arrival = std::time::Duration::from_secs(*wait);
    }
    let (test, mut ticks) = SelfTest::new(mailbox, logins, &context.data_dir, context.language, patience);
    let testing = async move {
        match action {
            TestAction::Receive(_) => test.receive().await,
            TestAction::Send { to, .. } => test.send(to.as_ref()).await,
            TestAction::Roundtrip { .. } => test.roundtrip().await,
            TestAction::Cleanup(_) => test.cleanup().await,
        }
    };
    let seconds = patience.arrival.as_secs();
    let printing = async {
        while let Some(tick) = ticks.recv().await {
            print(context, &tick, seconds);
        }
    };
    // The ticks end with the test, which owns their sender.
    let (has_passed, ()) = tokio::select! {
        done = futures_util::future::join(testing, printing) => done,
        () = signals::end_requested() => (false, ()),
    };
    if !context.json {
        output::line(&match has_passed {
            true => words::passed(context.language),
            false => words::failed(context.language),
        });
    }
    Ok(if has_passed { Exit::Done } else { Exit::Failed })
}

fn print(context: &Context, tick: &Tick, seconds: u64) {
    let told = tick
        .told(context.language, seconds)
        .map(|told| output::harmless(&told));
    if context.json {
        let line = json!({
            "step": tick.step, "result": tick.result_name(), "detail": detail(&tick.result), "told": told,
        });
        output::line(&line.to_string());
    } else if let Some(told) = told {
        let mark = match tick.result {
            StepResult::Begun => "…",
            StepResult::Done(_) => "○",
            StepResult::Failed(_) => "×",
        };
        output::line(&format!("{mark} {told}"));
    }
}

/// What a program may want to know of a step.
fn detail(result: &StepResult) -> Value {
    match result {
        StepResult::Begun => Value::Null,
        StepResult::Failed(fault) => json!({
            "what": fault.what(karamail_core::words::Language::English),
            "what_to_do": fault.what_to_do(karamail_core::words::Language::English),
        }),
        StepResult::Done(detail) => match detail {
            Detail::Nothing | Detail::NoPasswordNeeded => Value::Null,
            Detail::Resolved { host, addresses } => json!({ "host": host, "addresses": addresses }),
            Detail::Connected { peer } => json!({ "peer": peer }),
            Detail::Encrypted => json!({ "encrypted": true }),
            Detail::Unprotected => json!({ "encrypted": false }),
            Detail::LoggedIn { user } => json!({ "user": user }),
            Detail::Listed { mails } | Detail::Deleted { mails } => json!({ "mails": mails }),
            Detail::Accepted { to, answer } => json!({ "to": to, "answer": answer }),
            Detail::Arrived {
                seconds,
                by_collector,
            } => json!({ "seconds": seconds, "by_collector": by_collector }),
        },
    }
}
