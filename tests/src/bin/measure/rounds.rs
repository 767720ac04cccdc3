//! One run of one contestant: its mailbox filled, its servers started, the program measured, its work checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use karamail_tests::dovecot::{Dovecot, Setup, make_maildir};
use karamail_tests::mails;
use karamail_tests::server::{Server, free_port, give_to_mail_owner, scratch_folder};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::USER;

use crate::usage::{self, Usage};

/// User and password of the mailbox: in ASCII, so that no contestant stumbles over its settings file.
pub(crate) const LOGIN: (&str, &str) = (USER, "benchmark");

/// What a contestant finds: its own folder and two servers.
pub(crate) struct Ground {
    pub(crate) folder: PathBuf,
    pub(crate) pop3: u16,
    pub(crate) smtp: u16,
}

/// A program and what it must have done.
pub(crate) struct Contestant {
    /// Its name and what it is set up to do.
    pub(crate) name: &'static str,
    /// What it downloads of each mail.
    pub(crate) downloads: &'static str,
    /// Prepares its folder and says how it is called.
    pub(crate) make: fn(&Ground) -> Command,
    /// How many mails it has delivered into its folder; none for those that keep nothing.
    pub(crate) kept: Option<fn(&Path) -> usize>,
    /// Whether the mailbox is empty afterwards.
    pub(crate) deletes: bool,
    /// Whether every mail is answered.
    pub(crate) answers: bool,
    /// The exit code of success.
    pub(crate) code: i32,
}

/// Dovecot with one mailbox.
pub(crate) struct Course {
    dovecot: Dovecot,
}

impl Course {
    /// Starts Dovecot without TLS: no contestant's time is spent on ciphers.
    pub(crate) fn open() -> Course {
        let dovecot = Dovecot::start(&Setup {
            certificate: None,
            ..Setup::default()
        });
        dovecot.set_passwords(&[LOGIN]);
        Course { dovecot }
    }

    /// The POP3 port.
    pub(crate) fn pop3(&self) -> u16 {
        self.dovecot.plain_port()
    }

    /// How many mails the mailbox holds.
    pub(crate) fn waiting(&self) -> usize {
        self.dovecot.count(USER)
    }

    /// A new mailbox with that many signup mails, from as many people.
    pub(crate) fn fill(&self, mails: usize) {
        let maildir = self.dovecot.mail_folder().join(USER);
        fs::remove_dir_all(&maildir).unwrap_or_else(|error| panic!("{error}"));
        make_maildir(&maildir);
        self.deposit(mails);
    }

    /// That many more signup mails, from as many new people.
    pub(crate) fn deposit(&self, mails: usize) {
        let maildir = self.dovecot.mail_folder().join(USER);
        for _ in 0..mails {
            let sequence = next();
            deliver(&maildir, sequence, &signup(sequence));
        }
    }

    /// How often anybody has logged in so far.
    pub(crate) fn logins(&self) -> usize {
        self.dovecot.logins(USER)
    }

    /// Ends the server, in mid-session too, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.dovecot.restart();
    }

    /// One more mail, whatever is in it.
    pub(crate) fn add(&self, mail: &str) {
        deliver(&self.dovecot.mail_folder().join(USER), next(), mail);
    }

    /// Runs a contestant over the mails that are there, beside an SMTP server that counts.
    pub(crate) fn run(&self, contestant: &Contestant, mails: usize) -> Usage {
        let folder = scratch_folder("bench");
        self.run_in(contestant, mails, folder.path())
    }

    /// The same in a folder that was used before.
    pub(crate) fn run_in(&self, contestant: &Contestant, mails: usize, folder: &Path) -> Usage {
        let sink = Counting::start(folder);
        let ground = self.ground(folder, sink.port);
        let command = (contestant.make)(&ground);
        let usage = usage::run(&command, folder, &folder.join("output"));
        self.check(contestant, folder, &sink, usage.code, mails);
        usage
    }

    /// The same below strace, not for its time: how often it waited until the disk had everything.
    pub(crate) fn flushes(&self, contestant: &Contestant, mails: usize) -> u64 {
        let folder = scratch_folder("bench");
        let sink = Counting::start(folder.path());
        let ground = self.ground(folder.path(), sink.port);
        let command = (contestant.make)(&ground);
        let counts = folder.path().join("flushes");
        let mut tracing = Command::new("strace");
        tracing
            .args([
                "-f",
                "--seccomp-bpf",
                "-qq",
                "-c",
                "-e",
                "trace=fsync,fdatasync",
                "-o",
            ])
            .arg(&counts)
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            tracing.env(name, value.unwrap_or_default());
        }
        usage::into_log(&mut tracing, &folder.path().join("output"));
        let status = tracing.status().unwrap_or_else(|error| panic!("strace: {error}"));
        let code = status.code().unwrap_or(-1);
        self.check(contestant, folder.path(), &sink, code, mails);
        let counts = fs::read_to_string(counts).unwrap_or_default();
        counts.lines().filter_map(calls).sum()
    }

    fn ground(&self, folder: &Path, smtp: u16) -> Ground {
        // Some contestants do not run as root.
        give_to_mail_owner(folder);
        Ground {
            folder: folder.to_owned(),
            pop3: self.pop3(),
            smtp,
        }
    }

    fn check(&self, contestant: &Contestant, folder: &Path, sink: &Counting, code: i32, mails: usize) {
        let Contestant { name, kept, .. } = contestant;
        let said = || {
            let said = fs::read_to_string(folder.join("output")).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            lines
                .get(lines.len().saturating_sub(20)..)
                .unwrap_or_default()
                .join("\n")
        };
        assert!(code == contestant.code, "{name} ended with {code}:\n{}", said());
        if contestant.deletes {
            let left = self.waiting();
            assert!(left == 0, "{name} left {left} of {mails} mails:\n{}", said());
        }
        if let Some(kept) = kept {
            let kept = kept(folder);
            assert!(kept == mails, "{name} has {kept} of {mails} mails:\n{}", said());
        }
        if contestant.answers {
            let accepted = sink.accepted();
            assert!(
                accepted == mails,
                "{name}: {accepted} answers to {mails} mails:\n{}",
                said()
            );
        }
    }
}

/// Calls of one line of strace's summary: share, seconds, each, calls, errors where there were any, name.
fn calls(line: &str) -> Option<u64> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let is_wanted = fields
        .last()
        .is_some_and(|name| ["fsync", "fdatasync"].contains(name));
    fields.get(3).filter(|_| is_wanted)?.parse().ok()
}

/// Postfix's smtp-sink, which takes every mail, keeps none and counts.
struct Counting {
    port: u16,
    log: PathBuf,
    _server: Server,
}

impl Counting {
    fn start(folder: &Path) -> Counting {
        let port = free_port();
        let log = folder.join("sink.log");
        let _ = fs::remove_file(&log);
        let address = format!("127.0.0.1:{port}");
        let server = Server::start(
            "smtp-sink",
            "/usr/sbin/smtp-sink",
            &["-c", "-u", "nobody", &address, "1000"],
            &log,
        );
        server.ready(&[port]);
        Counting {
            port,
            log,
            _server: server,
        }
    }

    /// It overwrites one line with `sess=1 quit=1 mesg=17`.
    fn accepted(&self) -> usize {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let last = said.rsplit("mesg=").next().unwrap_or_default();
        let end = last
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(last.len());
        last.get(..end).and_then(|count| count.parse().ok()).unwrap_or(0)
    }
}

/// Settings of Karamail for the mailbox, without limits; its password comes by the environment.
pub(crate) fn settings(pop3: u16, smtp: u16) -> Settings {
    let (user, password) = LOGIN;
    Settings::one(
        Endpoint::local(pop3, "none", user, password),
        Endpoint::local(smtp, "none", "", ""),
    )
}

/// `karamail` with settings and a data folder in that folder.
pub(crate) fn karamail(folder: &Path, settings: &Settings) -> Command {
    let (config, data) = (folder.join("karamail.toml"), folder.join("data"));
    fs::create_dir_all(&data).unwrap_or_else(|error| panic!("{error}"));
    fs::write(&config, settings.to_toml()).unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(binary());
    command
        .arg("--config")
        .arg(config)
        .arg("--data-dir")
        .arg(data)
        .env("KARAMAIL_KEYRING", "off")
        .env("KARAMAIL_POP3_PASSWORD", LOGIN.1);
    command
}

/// The release binary: `KARAMAIL_BIN`, or the one beside this program.
pub(crate) fn binary() -> PathBuf {
    let beside = || usage::ourselves().with_file_name("karamail");
    std::env::var_os("KARAMAIL_BIN").map_or_else(beside, PathBuf::from)
}

fn next() -> u64 {
    static SEQUENCE: AtomicU64 = AtomicU64::new(1);
    SEQUENCE.fetch_add(1, Ordering::Relaxed)
}

/// An empty mail as a phone's provider hands it over, 1.6 KB of header.
pub(crate) fn signup(sequence: u64) -> String {
    let from = format!("customer.{sequence}@phone.example");
    let headers = format!(
        "Received: from mx3.shop.example (mx3.shop.example [192.0.2.3])\r\n\tby store7.shop.example (Postfix) with ESMTP id \
         4XyZ{sequence:08}\r\n\tfor <touroku@shop.example>; Wed,  1 Apr 2026 09:00:01 +0900 (JST)\r\n\
         Authentication-Results: mx3.shop.example;\r\n\tspf=pass smtp.mailfrom={from};\r\n\tdkim=pass header.d=phone.example;\r\n\
         \tdmarc=pass (policy=quarantine) header.from=phone.example\r\n\
         Received: from gw12.phone.example (gw12.phone.example [198.51.100.12])\r\n\t(using TLSv1.3 with cipher \
         TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\tby mx3.shop.example (Postfix) with ESMTPS id 9Ab{sequence:08}\r\n\tfor \
         <touroku@shop.example>; Wed,  1 Apr 2026 09:00:00 +0900 (JST)\r\n\
         DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=phone.example; s=2026a;\r\n\tt=1775001600; \
         h=from:to:subject:date:message-id:mime-version;\r\n\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\t\
         b=Q2hpbGRyZW4gb2YgdGhlIG5pZ2h0IGRvIG5vdCByZWFkIHRoaXMgc2lnbmF0dXJlIGJl\r\n\t \
         Y2F1c2UgaXQgaXMgbm90IG9uZSBidXQgb25seSBhcyBsb25nIGFzIG9uZSB3b3VsZCBi\r\n\t \
         ZSBvbiBhIG1haWwgZnJvbSBhIHBob25lIGluIEphcGFuIHRvZGF5LCB3aGljaCBpcyBh\r\n\t \
         bGwgdGhhdCBpcyBhc2tlZCBvZiBpdCBoZXJlLg==\r\n\
         X-Mailer: Phone Mail 12.3\r\nSubject: \r\n"
    );
    let id = format!("bench.{sequence}");
    String::from_utf8(mails::mail(&from, &id, &headers, "\r\n")).unwrap_or_default()
}

/// Puts a mail into a Maildir as Dovecot's own delivery does: lines end with LF, and both sizes are in the name, so that the
/// server need not read every mail before it can list it.
fn deliver(maildir: &Path, sequence: u64, mail: &str) {
    let text = mail.replace("\r\n", "\n");
    let (seconds, micros) = (1_700_000_000 + sequence / 1_000_000, sequence % 1_000_000);
    let name = format!(
        "{seconds}.M{micros:06}P2.karamail-tests,S={},W={}",
        text.len(),
        mail.len()
    );
    let hidden = maildir.join("tmp").join(&name);
    let put = fs::write(&hidden, text).and_then(|()| fs::rename(hidden, maildir.join("new").join(name)));
    put.unwrap_or_else(|error| panic!("the Maildir cannot be written: {error}"));
}
