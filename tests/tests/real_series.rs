//! Several mailboxes: with one series or one each, with templates of their own, polled at the same time.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{HashMap, HashSet};

use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::Ledger;
use karamail_tests::mails;
use karamail_tests::program::Program;
use karamail_tests::settings::{Endpoint, MailboxSettings, Settings};
use karamail_tests::sink::{Accepted, Sink};

/// Two shops at one mail host.
struct Chain {
    dovecot: Dovecot,
    sink: Sink,
    program: Program,
}

const SHOPS: [&str; 2] = ["north", "south"];

impl Chain {
    /// `series` are the `[[series]]` of the settings; `more` has the further keys of each mailbox.
    fn open(series: &str, more: [&str; 2]) -> Chain {
        let dovecot = Dovecot::start(&Setup {
            users: &SHOPS,
            certificate: None,
            ..Setup::default()
        });
        let sink = Sink::start();
        let mailbox = |local: &str, more: &str| MailboxSettings {
            local: local.into(),
            forward_to: None,
            pop3: Endpoint::local(dovecot.plain_port(), "none", local, PASSWORD),
            smtp: Endpoint::local(sink.port(), "none", "", ""),
            more: more.into(),
        };
        let settings = Settings {
            mailboxes: vec![mailbox(SHOPS[0], more[0]), mailbox(SHOPS[1], more[1])],
            // Sections may follow one another in any order.
            guard: series.into(),
            ..Settings::default()
        };
        let program = Program::install(&settings);
        Chain {
            dovecot,
            sink,
            program,
        }
    }

    fn write_to(&self, shop: &str, customer: &str) {
        let id = format!("{}-{shop}-{}", customer.replace('@', "-"), self.sink.count());
        self.dovecot.deposit(shop, [mails::signup(customer, &id)]);
    }

    /// What the customer was told by that shop, in order.
    fn told(&self, shop: &str, customer: &str) -> Vec<i64> {
        let of_shop = |mail: &Accepted| mail.from == format!("{shop}@shop.example") && mail.to == [customer];
        let accepted = self.sink.accepted();
        let told = accepted.iter().filter(|mail| of_shop(mail));
        told.filter_map(|mail| mails::number(&mail.bytes)).collect()
    }

    /// The numbers of each series, as `results` has them.
    fn results(&self) -> HashMap<String, Vec<i64>> {
        let listed = self.program.run(&["results", "--json"]).success().stdout;
        let mut series: HashMap<String, Vec<i64>> = HashMap::new();
        for line in listed.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let name = row["series"].as_str().unwrap().to_owned();
            series
                .entry(name)
                .or_default()
                .push(row["number"].as_i64().unwrap());
        }
        series.values_mut().for_each(|numbers| numbers.sort_unstable());
        series
    }
}

#[test]
fn two_mailboxes_with_one_series_give_each_number_once_and_an_address_one_number() {
    let chain = Chain::open("", ["", ""]);
    chain.write_to("north", "a@phone.example");
    chain.program.once().success();
    chain.write_to("south", "b@phone.example");
    chain.program.once().success();
    chain.write_to("south", "a@phone.example");
    chain.write_to("north", "b@phone.example");
    chain.write_to("north", "c@phone.example");
    chain.program.once().success();
    assert_eq!(chain.told("north", "a@phone.example"), [1]);
    assert_eq!(
        chain.told("south", "a@phone.example"),
        [1],
        "the other shop says the same"
    );
    assert_eq!(chain.told("south", "b@phone.example"), [2]);
    assert_eq!(chain.told("north", "b@phone.example"), [2]);
    assert_eq!(chain.told("north", "c@phone.example"), [3]);
    assert_eq!(chain.results(), HashMap::from([("main".into(), vec![1, 2, 3])]));
}

#[test]
fn two_mailboxes_with_a_series_each_count_for_themselves_from_their_first_numbers() {
    let series = "[[series]]\nname = \"north\"\nfirst_number = 1001\n\n[[series]]\nname = \"south\"\nfirst_number = 5\n";
    let chain = Chain::open(series, ["series = \"north\"", "series = \"south\""]);
    for customer in ["a@phone.example", "b@phone.example"] {
        chain.write_to("north", customer);
    }
    for customer in ["b@phone.example", "a@phone.example", "c@phone.example"] {
        chain.write_to("south", customer);
    }
    chain.program.once().success();
    assert_eq!(chain.told("north", "a@phone.example"), [1001]);
    assert_eq!(chain.told("north", "b@phone.example"), [1002]);
    assert_eq!(chain.told("south", "b@phone.example"), [5]);
    assert_eq!(chain.told("south", "a@phone.example"), [6]);
    assert_eq!(chain.told("south", "c@phone.example"), [7]);
    // Numbering never restarts: another first number changes nothing any more.
    chain.program.rewrite("first_number = 1001", "first_number = 1");
    chain.write_to("north", "d@phone.example");
    chain.program.once().success();
    assert_eq!(chain.told("north", "d@phone.example"), [1003]);
    let expected = HashMap::from([
        ("north".into(), vec![1001, 1002, 1003]),
        ("south".into(), vec![5, 6, 7]),
    ]);
    assert_eq!(chain.results(), expected);
}

#[test]
fn each_mailbox_answers_from_itself_with_its_own_words() {
    let north = "display_name = \"North\"\nreceipt.body = \"Welcome to the North! No. ★1★\"\n\
                 duplicate.subject = \"North again: ★2★\"";
    let chain = Chain::open("", [north, "display_name = \"South\""]);
    for shop in SHOPS {
        chain.write_to(shop, "a@phone.example");
        chain.program.once().success();
    }
    chain.write_to("north", "a@phone.example");
    chain.program.once().success();
    let accepted = chain.sink.accepted();
    let text = |at: usize| String::from_utf8_lossy(&accepted[at].bytes).into_owned();
    assert_eq!(accepted.len(), 3);
    assert!(text(0).contains("Welcome to the North! No. 1"), "{}", text(0));
    assert!(
        text(0).contains("Subject: No. 1"),
        "what is not written comes from [receipt]"
    );
    assert!(text(1).contains("Your number is still 1."), "{}", text(1));
    assert!(text(2).contains("Subject: North again: 1"), "{}", text(2));
    for (at, shop) in [(0, "North"), (1, "South"), (2, "North")] {
        let from = mails::header(&accepted[at].bytes, "From").unwrap();
        assert!(
            from.contains(shop) && from.contains(&shop.to_lowercase()),
            "{from}"
        );
    }
}

#[test]
fn mailboxes_that_are_polled_at_the_same_time_leave_no_hole_and_give_no_number_twice() {
    const OWN: usize = 200;
    const OF_BOTH: usize = 50;
    let chain = Chain::open("", ["", ""]);
    let mut customers = HashSet::new();
    for shop in SHOPS {
        let own = (0..OWN).map(|n| format!("{shop}{n}@phone.example"));
        let of_both = (0..OF_BOTH).map(|n| format!("both{n}@phone.example"));
        let people: Vec<String> = own.chain(of_both).collect();
        let mails = people.iter().enumerate();
        chain.dovecot.deposit(
            shop,
            mails.map(|(n, person)| mails::signup(person, &format!("{shop}-{n}"))),
        );
        customers.extend(people);
    }
    chain.program.once().success();
    let ledger = Ledger::read(&chain.program.data());
    let expected: Vec<i64> = (1..).take(2 * OWN + OF_BOTH).collect();
    assert_eq!(ledger.numbers(), expected);
    let numbered: HashMap<&str, i64> = ledger
        .receipts
        .iter()
        .map(|receipt| (receipt.address_key.as_str(), receipt.number))
        .collect();
    assert_eq!(numbered.len(), customers.len(), "one number for each customer");
    assert_eq!(
        chain.sink.count(),
        2 * (OWN + OF_BOTH),
        "one answer for each mail"
    );
    for mail in chain.sink.accepted() {
        let number = mails::number(&mail.bytes).unwrap();
        assert_eq!(numbered.get(mail.to[0].as_str()), Some(&number), "{:?}", mail.to);
    }
    for shop in SHOPS {
        assert_eq!(chain.dovecot.count(shop), 0);
    }
}
