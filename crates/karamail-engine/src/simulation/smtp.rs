//! The simulated SMTP server: takes letters, or refuses them, or hangs up at the worst moment.

use std::sync::Arc;
use std::time::Duration;

use super::check;
use super::servers::{Cut, Line};
use super::stage::Stage;
use super::world::Letter;

/// What the server does at a step.
enum Whim {
    Goes,
    Later,
    Never,
}

impl Whim {
    fn now(stage: &Stage) -> Whim {
        let weather = stage.weather().clone();
        if stage.chance(weather.smtp_later) {
            Whim::Later
        } else if stage.chance(weather.smtp_never) {
            Whim::Never
        } else {
            Whim::Goes
        }
    }

    fn or_goes(self, goes: &str) -> Vec<u8> {
        let answer = match self {
            Whim::Goes => goes,
            Whim::Later => "451 try again later",
            Whim::Never => "550 never",
        };
        format!("{answer}\r\n").into_bytes()
    }
}

pub(super) async fn serve(stage: &Arc<Stage>, mut line: Line) -> Result<(), Cut> {
    if let whim @ (Whim::Later | Whim::Never) = Whim::now(stage) {
        return line.say(&whim.or_goes("")).await;
    }
    line.say(b"220 mail.example\r\n").await?;
    let (mut from, mut to) = (None, None);
    loop {
        let heard = String::from_utf8_lossy(&line.hear().await?).into_owned();
        let command = heard
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match command.as_str() {
            "EHLO" => {
                line.say(b"250-mail.example\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n")
                    .await?
            }
            "HELO" | "NOOP" => line.say(b"250 well\r\n").await?,
            "RSET" => {
                (from, to) = (None, None);
                line.say(b"250 well\r\n").await?;
            }
            "MAIL" => {
                let whim = Whim::now(stage);
                if matches!(whim, Whim::Goes) {
                    from = Some(address_in(&heard));
                }
                line.say(&whim.or_goes("250 well")).await?;
            }
            "RCPT" => {
                let address = address_in(&heard);
                let whim = match stage
                    .world()
                    .dead_addresses
                    .contains(&super::world::key_of(&address))
                {
                    true => Whim::Never,
                    false => Whim::now(stage),
                };
                if matches!(whim, Whim::Goes) {
                    to = Some(address);
                }
                line.say(&whim.or_goes("250 well")).await?;
            }
            "DATA" => match (from.take(), to.take()) {
                (Some(from), Some(to)) => data(stage, &mut line, from, to).await?,
                _ => line.say(b"503 whose?\r\n").await?,
            },
            "QUIT" => return line.say(b"221 bye\r\n").await,
            _ => line.say(b"500 what?\r\n").await?,
        }
    }
}

async fn data(stage: &Arc<Stage>, line: &mut Line, from: String, to: String) -> Result<(), Cut> {
    if let whim @ (Whim::Later | Whim::Never) = Whim::now(stage) {
        return line.say(&whim.or_goes("")).await;
    }
    line.say(b"354 go on\r\n").await?;
    let mut bytes = Vec::new();
    loop {
        let heard = line.hear_exactly().await?;
        if heard == b".\r\n" {
            break;
        }
        let unstuffed = heard.strip_prefix(b".").unwrap_or(&heard);
        bytes.extend_from_slice(unstuffed);
    }
    let weather = stage.weather().clone();
    if stage.chance(weather.lost_letter) {
        stage.note("the SMTP server loses the letter and hangs up");
        return Err(Cut);
    }
    let whim = Whim::now(stage);
    if matches!(whim, Whim::Goes) {
        let letter = Letter::read(from, to, bytes);
        stage.note(format!(
            "TAKEN {} {:?} to {}",
            letter.message_id, letter.number, letter.to
        ));
        check::letter_taken(stage, &letter).await;
        stage.world().letters.push(letter);
        if stage.chance(weather.lost_answer) {
            if stage.chance(500) {
                stage.note("the SMTP server takes the letter and hangs up");
                return Err(Cut);
            }
            stage.note("the SMTP server takes the letter and is silent for long");
            tokio::time::sleep(Duration::from_secs(300)).await;
        }
    }
    line.say(&whim.or_goes("250 taken")).await
}

fn address_in(heard: &str) -> String {
    let inner = heard.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
    inner.map_or(String::new(), |(address, _)| address.to_owned())
}
