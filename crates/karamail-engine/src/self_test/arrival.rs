//! The round trip: a mail with an empty subject goes out and is waited for; where it does not come, a second one, with a
//! subject, tells a host that bins empty subjects from one where nothing arrives.

use std::collections::HashSet;

use karamail_core::limits::SELF_TEST_NEWEST_MAILS;
use karamail_core::pop3::{ListedMail, Pop3Error, Retry};
use karamail_core::words::self_test as words;
use tokio::time::{Instant, sleep_until};

use super::{Detail, SelfTest, Step, TestFault, delete, token};
use crate::data_folder::DataFolder;
use crate::pop3::Pop3Connection;
use crate::store::events::{has_consumed_test, newest_event};
use crate::store::{Readers, Store};

/// Where a mail was seen.
enum Seen {
    /// In the mailbox; what came of deleting it.
    Here(Result<usize, TestFault>),
    /// A running program has consumed it.
    ByCollector,
}

/// What is known while a mail is waited for.
struct Watchman<'a> {
    test: &'a SelfTest,
    /// Unique ids that were read already, or were there before the mail was sent.
    read: HashSet<String>,
    /// Whether a running program polls this mailbox too.
    has_collector: bool,
    /// The ledger, once it can be read, and the event behind which ours must come.
    ledger: Option<(Readers, i64)>,
    /// The last failure to look, while no look has succeeded since.
    trouble: Option<Pop3Error>,
}

impl SelfTest {
    /// The round trip. Whether a mail with an empty subject comes back.
    pub async fn roundtrip(&self) -> bool {
        let Some((connection, listing)) = self.open_box().await else {
            return false;
        };
        let _ = connection.quit().await;
        let mut watchman = Watchman::new(self, &listing).await;
        let empty = token();
        if !self
            .send_mail(Step::EmptyMail, &empty, &self.mailbox.address, "")
            .await
        {
            return false;
        }
        let sent = Instant::now();
        self.begin(Step::EmptyArrival);
        match watchman.wait_for(&[&empty], sent).await {
            Ok(Some((_, seen))) => return self.arrived(Step::EmptyArrival, sent, seen),
            Ok(None) => {}
            Err(error) => return self.failed(Step::EmptyArrival, TestFault::Pop3(error)),
        }
        let seconds = self.patience.arrival.as_secs();
        self.failed(Step::EmptyArrival, TestFault::NotArrived { seconds });
        self.find_out_why(&mut watchman, &empty, sent).await
    }

    /// The second mail, with a subject.
    async fn find_out_why(&self, watchman: &mut Watchman<'_>, empty: &str, sent: Instant) -> bool {
        let full = token();
        let subject = words::test_subject(self.language);
        if !self
            .send_mail(Step::SubjectMail, &full, &self.mailbox.address, &subject)
            .await
        {
            return false;
        }
        let sent_full = Instant::now();
        self.begin(Step::SubjectArrival);
        match watchman.wait_for(&[empty, &full], sent_full).await {
            // Late, but it came: the host was slow. The second mail stays for the clean-up.
            Ok(Some((found, seen))) if found == empty => self.arrived(Step::EmptyArrival, sent, seen),
            Ok(Some((_, seen))) => {
                self.arrived(Step::SubjectArrival, sent_full, seen);
                self.failed(Step::EmptyArrival, TestFault::EmptyBinned)
            }
            Ok(None) => self.failed(Step::SubjectArrival, TestFault::NothingArrives),
            Err(error) => self.failed(Step::SubjectArrival, TestFault::Pop3(error)),
        }
    }

    fn arrived(&self, step: Step, sent: Instant, seen: Seen) -> bool {
        let by_collector = matches!(seen, Seen::ByCollector);
        let seconds = sent.elapsed().as_secs();
        self.done(
            step,
            Detail::Arrived {
                seconds,
                by_collector,
            },
        );
        match seen {
            Seen::ByCollector => {}
            Seen::Here(Ok(mails)) => {
                self.done(Step::Deletion, Detail::Deleted { mails });
            }
            // The mail came back, which was the question.
            Seen::Here(Err(fault)) => {
                self.failed(Step::Deletion, fault);
            }
        }
        true
    }
}

impl<'a> Watchman<'a> {
    async fn new(test: &'a SelfTest, listing: &[ListedMail]) -> Watchman<'a> {
        let read = listing.iter().filter_map(uidl).collect();
        Watchman {
            test,
            read,
            has_collector: test.mailbox.enabled && !test.is_alone && DataFolder::is_in_use(&test.data_folder),
            ledger: open_ledger(test).await,
            trouble: None,
        }
    }

    /// Waits for a mail with one of the tokens; `None` where none came in time.
    async fn wait_for(
        &mut self,
        tokens: &[&str],
        since: Instant,
    ) -> Result<Option<(String, Seen)>, Pop3Error> {
        let patience = self.test.patience;
        let deadline = since + patience.arrival;
        // A running program polls the mailbox itself; two at once would only be in each other's way.
        let own_look_from = match self.has_collector {
            true => since + patience.arrival * 2 / 3,
            false => since,
        };
        loop {
            sleep_until((Instant::now() + patience.poll).min(deadline)).await;
            if let Some(token) = self.consumed(tokens).await {
                return Ok(Some((token, Seen::ByCollector)));
            }
            if Instant::now() >= own_look_from {
                match self.look(tokens).await {
                    Ok(Some((token, deleted))) => return Ok(Some((token, Seen::Here(deleted)))),
                    Ok(None) => self.trouble = None,
                    Err(error) if error.again_or_give_up() == Retry::GiveUp => return Err(error),
                    Err(error) => self.trouble = Some(error),
                }
            }
            if Instant::now() >= deadline {
                return match self.trouble.take() {
                    Some(error) => Err(error),
                    None => Ok(None),
                };
            }
        }
    }

    /// The token that the running program has consumed.
    async fn consumed(&mut self, tokens: &[&str]) -> Option<String> {
        if self.ledger.is_none() {
            // A program that was only starting when the test began has made its ledger by now.
            let (readers, _) = open_ledger(self.test).await?;
            self.ledger = Some((readers, 0));
        }
        let (readers, after) = self.ledger.as_ref()?;
        for token in tokens {
            // A ledger that cannot be read tells nothing; the mailbox is looked into later on.
            if has_consumed_test(readers, *after, token).await.unwrap_or(false) {
                return Some((*token).to_owned());
            }
        }
        None
    }

    /// Looks into the mailbox; deletes the mail that is waited for.
    async fn look(
        &mut self,
        tokens: &[&str],
    ) -> Result<Option<(String, Result<usize, TestFault>)>, Pop3Error> {
        let Ok(password) = &self.test.logins.pop3 else {
            return Ok(None);
        };
        let mut connection = Pop3Connection::open(&self.test.mailbox.pop3, password).await?;
        let listing = connection.listing().await?.mails;
        let is_unread = |mail: &&ListedMail| uidl(mail).is_none_or(|uidl| !self.read.contains(&uidl));
        let newest = listing
            .iter()
            .rev()
            .filter(is_unread)
            .take(SELF_TEST_NEWEST_MAILS);
        let unread: Vec<ListedMail> = newest.cloned().collect();
        let found = self.test.tests_among(&mut connection, &unread).await?;
        self.read.extend(unread.iter().filter_map(uidl));
        let Some((number, token)) = found
            .into_iter()
            .find(|(_, token)| tokens.contains(&token.as_str()))
        else {
            // Nothing was marked, so nothing depends on it.
            let _ = connection.quit().await;
            return Ok(None);
        };
        Ok(Some((token, delete(connection, &[number]).await)))
    }
}

/// The ledger, where there is one that can be read, and its newest event.
async fn open_ledger(test: &SelfTest) -> Option<(Readers, i64)> {
    let readers = Store::peek(&test.data_folder)?;
    let newest = newest_event(&readers).await.ok()?;
    Some((readers, newest))
}

fn uidl(mail: &ListedMail) -> Option<String> {
    mail.uidl.as_ref().map(|uidl| uidl.as_str().to_owned())
}
