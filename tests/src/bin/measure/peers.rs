//! Karamail beside other programs, and beside the least work possible.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use karamail_tests::dovecot::{maildir_files, make_maildir};
use karamail_tests::server::{MAIL_OWNER, free_port, give_to_mail_owner};

use crate::goals::Goals;
use crate::options::{Choice, Options};
use crate::rounds::{Contestant, Course, Ground, LOGIN, karamail, settings};
use crate::table::{median, megabytes};
use crate::usage::{Usage, ourselves};
use crate::{growth, table};

/// The options of `run.sh`.
pub(crate) const OPTIONS: &[Choice] = &[
    ("mails", "10000", "100", "mails in the mailbox of each run"),
    (
        "rounds",
        "5",
        "1",
        "runs of each program, in turns; medians are printed",
    ),
    (
        "growth",
        "1000,10000",
        "100,300",
        "mails for the table of growth, 0: none; the issue's largest is 100000",
    ),
    (
        "receipts",
        "1000000",
        "2000",
        "receipts in the ledger of the row with an old shop, 0: none",
    ),
    ("large", "100", "10", "MB of the large mail among others, 0: none"),
    ("only", "all", "all", "peers or growth"),
    (
        "without",
        "nobody",
        "nobody",
        "words in the names of programs to leave out, commas between: the script takes a quarter of an hour for 5,000 mails",
    ),
    ("no-fsyncs", "", "", "leave out the run below strace"),
    ("strict", "", "", "exit code 1 where a goal is missed"),
];

/// Fetching alone. The limits are the first two.
const FETCHING: &[Contestant] = &[
    Contestant {
        name: "limit: raw pipelined client",
        downloads: "headers",
        make: |ground| child("raw-headers", ground),
        kept: None,
        ..FETCHES
    },
    Contestant {
        name: "limit: raw pipelined client",
        downloads: "whole mails",
        make: |ground| child("raw-whole", ground),
        ..FETCHES
    },
    Contestant {
        name: "Karamail's POP3 driver alone",
        downloads: "headers",
        make: |ground| child("driver-headers", ground),
        ..FETCHES
    },
    Contestant {
        name: "Karamail's POP3 driver alone",
        downloads: "whole mails",
        make: |ground| child("driver-whole", ground),
        ..FETCHES
    },
    Contestant {
        name: "mpop into a Maildir",
        make: |ground| mpop(ground, "off"),
        kept: Some(|folder| maildir_files(&folder.join("maildir")).len()),
        ..FETCHES
    },
    Contestant {
        name: "getmail6 into a Maildir",
        make: getmail,
        kept: Some(|folder| maildir_files(&folder.join("maildir")).len()),
        ..FETCHES
    },
    Contestant {
        name: "fetchmail into one file (bsmtp)",
        make: fetchmail_file,
        kept: Some(|folder| count_lines(&folder.join("batch"), "MAIL FROM:")),
        ..FETCHES
    },
    Contestant {
        name: "mpop into a Maildir, mails kept on the server",
        make: |ground| mpop(ground, "on"),
        kept: Some(|folder| maildir_files(&folder.join("maildir")).len()),
        deletes: false,
        ..FETCHES
    },
    Contestant {
        name: "karamail once, SMTP server down: decided, numbered, on disk",
        downloads: "headers",
        make: |ground| karamail_once(ground, free_port()),
        kept: Some(|folder| numbers(&folder.join("data"))),
        deletes: false,
        // The letters wait; that is said, and the exit code says it too.
        code: 1,
        ..FETCHES
    },
];

/// From the mail to the accepted answer. The limit is the first.
const ANSWERING: &[Contestant] = &[
    Contestant {
        name: "limit: raw fetch, then raw sending over one connection",
        downloads: "headers",
        make: |ground| child("raw-answer", ground),
        ..ANSWERS
    },
    Contestant {
        name: "karamail once",
        downloads: "headers",
        make: |ground| karamail_once(ground, ground.smtp),
        kept: Some(|folder| numbers(&folder.join("data"))),
        ..ANSWERS
    },
    Contestant {
        name: "fetchmail into a small script",
        make: fetchmail_script,
        kept: Some(|folder| count_lines(&folder.join("log"), "")),
        ..ANSWERS
    },
];

const FETCHES: Contestant = Contestant {
    name: "",
    downloads: "whole mails",
    make: |ground| child("", ground),
    kept: None,
    deletes: true,
    answers: false,
    code: 0,
};

const ANSWERS: Contestant = Contestant {
    answers: true,
    ..FETCHES
};

/// `measure peers`.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut goals = Goals::default();
    let course = Course::open();
    if options.text("only") != "growth" {
        let (mails, rounds) = (options.number("mails"), options.number("rounds").max(1));
        let is_counted = !options.is_on("no-fsyncs");
        println!(
            "{mails} signup mails of 1.6 KB in Dovecot, without TLS; medians of {rounds} runs, in turns\n"
        );
        let (fetching, answering) = (entered(FETCHING, options), entered(ANSWERING, options));
        let fetched = race(&course, &fetching, mails, rounds, is_counted);
        let answered = race(&course, &answering, mails, rounds, is_counted);
        println!("### Fetched and deleted\n");
        tell(
            &fetching,
            &fetched,
            |contestant| usize::from(contestant.downloads != "headers"),
            mails,
        );
        println!("\n### From the mail to the answer that the SMTP server took\n");
        tell(&answering, &answered, |_| 0, mails);
        let walls = |contestants: &[&'static Contestant], scores: &[Score]| {
            let names = contestants.iter().map(|contestant| contestant.name);
            names.zip(scores.iter().map(Score::wall)).collect::<Walls>()
        };
        judge(
            &mut goals,
            &walls(&fetching, &fetched),
            &walls(&answering, &answered),
        );
    }
    if options.text("only") != "peers" {
        growth::run(&course, options, &mut goals);
    }
    goals.tell(options.is_on("strict"))
}

/// Names and medians, in the order of the table.
type Walls = Vec<(&'static str, f64)>;

/// All but those that are to be left out.
fn entered(contestants: &'static [Contestant], options: &Options) -> Vec<&'static Contestant> {
    let is_in = |contestant: &&Contestant| {
        let mut words = options.text("without").split(',').map(str::trim);
        !words.any(|word| !word.is_empty() && contestant.name.contains(word))
    };
    contestants.iter().filter(is_in).collect()
}

struct Score {
    runs: Vec<Usage>,
    flushes: Option<u64>,
}

impl Score {
    fn wall(&self) -> f64 {
        median(self.runs.iter().map(|run| run.wall))
    }
}

/// Everyone in turns, so that whatever else the machine does hits all alike.
fn race(
    course: &Course,
    contestants: &[&Contestant],
    mails: usize,
    rounds: usize,
    is_counted: bool,
) -> Vec<Score> {
    let mut scores: Vec<Score> = contestants
        .iter()
        .map(|_| Score {
            runs: Vec::new(),
            flushes: None,
        })
        .collect();
    for round in 0..rounds {
        for (contestant, score) in contestants.iter().zip(&mut scores) {
            course.fill(mails);
            let usage = course.run(contestant, mails);
            eprintln!(
                "round {} {}, {}: {:.3} s",
                round + 1,
                contestant.name,
                contestant.downloads,
                usage.wall
            );
            score.runs.push(usage);
        }
    }
    if is_counted {
        for (contestant, score) in contestants.iter().zip(&mut scores) {
            course.fill(mails);
            score.flushes = Some(course.flushes(contestant, mails));
        }
    }
    scores
}

fn tell(contestants: &[&Contestant], scores: &[Score], limit: impl Fn(&Contestant) -> usize, mails: usize) {
    let rows: Vec<Vec<String>> = contestants
        .iter()
        .zip(scores)
        .map(|(contestant, score)| {
            let of = |part: fn(&Usage) -> f64| score.runs.iter().map(part);
            let wall = score.wall();
            let least = scores.get(limit(contestant)).map_or(wall, Score::wall);
            vec![
                contestant.name.to_owned(),
                contestant.downloads.to_owned(),
                format!("{wall:.3}"),
                format!(
                    "{:.3}–{:.3}",
                    of(|run| run.wall).fold(f64::MAX, f64::min),
                    of(|run| run.wall).fold(0.0, f64::max)
                ),
                format!("{:.2}", wall / least),
                format!("{:.1}", mails as f64 / wall),
                format!("{:.3}", median(of(|run| run.cpu))),
                megabytes(median(of(|run| run.peak_kib as f64)) as u64),
                score
                    .flushes
                    .map_or("–".to_owned(), |flushes| flushes.to_string()),
            ]
        })
        .collect();
    let head = [
        "program",
        "downloads",
        "s",
        "from–to",
        "× limit",
        "mails/s",
        "CPU s",
        "peak MB",
        "fsyncs",
    ];
    table::print(&head, &rows);
}

fn judge(goals: &mut Goals, fetched: &Walls, answered: &Walls) {
    // The first of each name downloads headers, as the engine does. Whoever was left out is compared with nobody.
    let wall = |walls: &Walls, name: &str| Some(walls.iter().find(|(one, _)| one.starts_with(name))?.1);
    let fetched = |name: &str| wall(fetched, name);
    let answered = |name: &str| wall(answered, name);
    if let (Some(ours), Some(limit)) = (fetched("Karamail's POP3 driver"), fetched("limit")) {
        let ratio = ours / limit;
        goals.note(
            ratio <= 1.5,
            "fetching within 1.5 times the limit",
            &format!("{ratio:.2} times"),
        );
    }
    if let (Some(ours), Some(theirs)) = (
        fetched("karamail once"),
        fetched("mpop into a Maildir, mails kept"),
    ) {
        goals.note(
            ours < theirs,
            "fetched, decided, numbered and safely on disk sooner than mpop delivers into a Maildir (both delete nothing)",
            &format!("{ours:.2} s, mpop {theirs:.2} s"),
        );
    }
    if let (Some(ours), Some(limit)) = (answered("karamail once"), answered("limit")) {
        let ratio = ours / limit;
        goals.note(
            ratio <= 3.0,
            "end to end within 3 times the limit",
            &format!("{ratio:.2} times"),
        );
    }
    if let (Some(script), Some(ours)) = (
        answered("fetchmail into a small script"),
        answered("karamail once"),
    ) {
        let ratio = script / ours;
        goals.note(
            ratio >= 20.0,
            "at least 20 times as fast as the script",
            &format!("{ratio:.1} times"),
        );
    }
}

/// This program in another role.
fn child(role: &str, ground: &Ground) -> Command {
    let mut command = Command::new(ourselves());
    command.args(["child", role, &ground.pop3.to_string(), &ground.smtp.to_string()]);
    command
}

pub(crate) fn karamail_once(ground: &Ground, smtp: u16) -> Command {
    let mut command = karamail(&ground.folder, &settings(ground.pop3, smtp));
    command.args(["once", "--json"]);
    command
}

fn mpop(ground: &Ground, keep: &str) -> Command {
    let (user, password) = LOGIN;
    let folder = ground.folder.display();
    make_maildir(&ground.folder.join("maildir"));
    let text = format!(
        "account default\nhost 127.0.0.1\nport {}\ntls off\nauth user\nuser {user}\npassword {password}\nkeep {keep}\n\
         pipelining on\nuidls_file {folder}/uidls\ndelivery maildir {folder}/maildir\n",
        ground.pop3
    );
    let file = private(&ground.folder.join("mpoprc"), &text);
    let mut command = as_nobody("mpop");
    command.args(["--quiet", &format!("--file={file}")]);
    command
}

fn getmail(ground: &Ground) -> Command {
    let (user, password) = LOGIN;
    let folder = ground.folder.display();
    make_maildir(&ground.folder.join("maildir"));
    let text = format!(
        "[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = {}\nusername = {user}\npassword = {password}\n\n\
         [destination]\ntype = Maildir\npath = {folder}/maildir/\n\n[options]\ndelete = true\nread_all = true\nverbose = 0\n",
        ground.pop3
    );
    private(&ground.folder.join("getmailrc"), &text);
    let mut command = as_nobody("getmail");
    command.args(["--rcfile=getmailrc", &format!("--getmaildir={folder}")]);
    command
}

/// fetchmail hands mails to another program; into one file it has the least to do.
fn fetchmail_file(ground: &Ground) -> Command {
    let batch = format!("bsmtp \"{}/batch\"", ground.folder.display());
    fetchmail(ground, &batch)
}

fn fetchmail_script(ground: &Ground) -> Command {
    // Built in: nobody need not be able to enter the folder of the source.
    private(
        &ground.folder.join("small-script.pl"),
        include_str!("../../../bench/small-script.pl"),
    );
    let (folder, smtp) = (ground.folder.display(), ground.smtp);
    fetchmail(
        ground,
        &format!("mda \"perl {folder}/small-script.pl {folder} {smtp}\""),
    )
}

fn fetchmail(ground: &Ground, delivery: &str) -> Command {
    let (user, password) = LOGIN;
    let text = format!(
        "set no bouncemail\npoll 127.0.0.1 protocol pop3 port {} auth password no dns\n  username \"{user}\" password \
         \"{password}\" is root here\n  sslproto '' fetchall no keep no rewrite\n  {delivery}\n",
        ground.pop3
    );
    let file = private(&ground.folder.join("fetchmailrc"), &text);
    let mut command = as_nobody("fetchmail");
    command
        .args(["--silent", "--nosyslog", "--fetchmailrc", &file])
        .env("HOME", &ground.folder)
        .env("FETCHMAILHOME", &ground.folder);
    command
}

/// A program that does not want to be root, as nobody.
fn as_nobody(program: &str) -> Command {
    let (user, group) = MAIL_OWNER;
    let mut command = Command::new("setpriv");
    command.args([
        &format!("--reuid={user}"),
        &format!("--regid={group}"),
        "--clear-groups",
        program,
    ]);
    command
}

/// Writes a file that its owner (nobody) alone may read, as the programs ask for; its name.
fn private(file: &Path, text: &str) -> String {
    fs::write(file, text).unwrap_or_else(|error| panic!("{error}"));
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap_or_else(|error| panic!("{error}"));
    give_to_mail_owner(file);
    file.display().to_string()
}

fn count_lines(file: &Path, begin: &str) -> usize {
    let text = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().filter(|line| line.starts_with(begin)).count()
}

/// Numbers given, told by Karamail's ledger itself.
fn numbers(data: &Path) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
    runtime.block_on(async {
        let url = format!(
            "sqlite://{}?mode=ro",
            data.join(karamail_engine::store::FILE_NAME).display()
        );
        let mut ledger = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM receipts")
            .fetch_one(&mut ledger)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        usize::try_from(count).unwrap_or(0)
    })
}
