use std::time::Duration;

use karamail_core::words::Language;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

/// A client that writes what it is told and reads line by line.
struct Client(BufReader<TcpStream>);

impl Client {
    async fn connect(port: u16) -> Client {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let mut client = Client(BufReader::new(stream));
        client.read().await;
        client
    }

    async fn read(&mut self) -> String {
        let mut line = String::new();
        let bound = Duration::from_secs(20);
        timeout(bound, self.0.read_line(&mut line))
            .await
            .expect("an answer in time")
            .unwrap();
        line.trim_end().to_owned()
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.unwrap();
    }

    async fn ask(&mut self, command: &str) -> String {
        self.write(format!("{command}\r\n").as_bytes()).await;
        self.read().await
    }

    async fn ask_lines(&mut self, command: &str) -> Vec<String> {
        let first = self.ask(command).await;
        assert!(first.starts_with("+OK"), "{command}: {first}");
        let mut lines = vec![];
        loop {
            match self.read().await.as_str() {
                "." => return lines,
                line => lines.push(line.to_owned()),
            }
        }
    }

    async fn log_in(port: u16) -> Client {
        let mut client = Client::connect(port).await;
        client.ask(&format!("USER {USER}")).await;
        let answer = client.ask(&format!("PASS {PASSWORD}")).await;
        assert!(answer.starts_with("+OK"), "{answer}");
        client
    }

    /// Sends a mail and returns the answer to each step.
    async fn send(&mut self, from: &str, to: &[&str], content: &str) -> String {
        self.ask("EHLO phone.example").await;
        while !self.0.buffer().is_empty() {
            self.read().await;
        }
        assert!(self.ask(&format!("MAIL FROM:<{from}>")).await.starts_with("250"));
        for to in to {
            let answer = self.ask(&format!("RCPT TO:<{to}>")).await;
            if !answer.starts_with("250") {
                return answer;
            }
        }
        assert!(self.ask("DATA").await.starts_with("354"));
        self.write(content.as_bytes()).await;
        self.read().await
    }
}

async fn servers_with(mails: &[&str]) -> DemoServers {
    let servers = DemoServers::start().await.unwrap();
    for mail in mails {
        servers.deposit(mail.as_bytes().to_vec());
    }
    servers
}

const MAIL: &str = "From: a@x.example\nSubject: \n\n.one\n..two\nthree";

#[tokio::test]
async fn a_mail_is_listed_and_read_with_dot_stuffing_and_crlf() {
    let servers = servers_with(&[MAIL, "Subject: 2\r\n\r\nbody\r\n"]).await;
    let mut client = Client::log_in(servers.pop3_port()).await;
    let size = MAIL.len() + MAIL.lines().count();
    assert_eq!(client.ask("STAT").await, format!("+OK 2 {}", size + 20 + 1));
    assert_eq!(client.ask("LIST 1").await, format!("+OK 1 {}", size + 1));
    let uidls = client.ask_lines("UIDL").await;
    assert_eq!(client.ask("UIDL 2").await, format!("+OK {}", uidls[1]));
    let retrieved = client.ask_lines("RETR 1").await;
    assert_eq!(
        retrieved,
        ["From: a@x.example", "Subject:", "", "..one", "...two", "three"]
    );
    assert_eq!(
        client.ask_lines("TOP 1 0").await,
        ["From: a@x.example", "Subject:", ""]
    );
    assert_eq!(
        client.ask_lines("TOP 1 1").await,
        ["From: a@x.example", "Subject:", "", "..one"]
    );
    for wrong in [
        "LIST 3",
        "RETR 0",
        "RETR x",
        "TOP 1",
        "UIDL 99999999999999999999",
        "WHAT",
    ] {
        assert!(client.ask(wrong).await.starts_with("-ERR"), "{wrong}");
    }
}

#[tokio::test]
async fn only_quit_deletes_and_uidls_stay() {
    let servers = servers_with(&["a: 1\n\n", "a: 2\n\n", "a: 3\n\n"]).await;
    let mut client = Client::log_in(servers.pop3_port()).await;
    let before = client.ask_lines("UIDL").await;
    assert!(client.ask("DELE 1").await.starts_with("+OK"));
    assert!(client.ask("DELE 1").await.starts_with("-ERR"), "deleted twice");
    assert!(
        client.ask("RETR 1").await.starts_with("-ERR"),
        "a deleted mail is not to be read"
    );
    drop(client);
    let mut client = log_in_when_free(&servers).await;
    assert_eq!(
        client.ask_lines("UIDL").await,
        before,
        "a dropped connection deletes nothing"
    );
    client.ask("DELE 1").await;
    client.ask("RSET").await;
    client.ask("DELE 2").await;
    servers.deposit(b"a: 4\n\n".to_vec());
    assert!(client.ask("QUIT").await.starts_with("+OK"));
    let mut client = log_in_when_free(&servers).await;
    let uidls = client.ask_lines("UIDL").await;
    let id = |line: &String| line.split_once(' ').unwrap().1.to_owned();
    assert_eq!(uidls.len(), 3);
    assert_eq!([id(&uidls[0]), id(&uidls[1])], [id(&before[0]), id(&before[2])]);
    assert!(
        !before.iter().map(id).any(|old| old == id(&uidls[2])),
        "a UIDL is never used again"
    );
}

/// A dropped connection frees the lock once the server has seen its end.
async fn log_in_when_free(servers: &DemoServers) -> Client {
    for _ in 0..1_000 {
        let mut client = Client::connect(servers.pop3_port()).await;
        client.ask(&format!("USER {USER}")).await;
        if client.ask(&format!("PASS {PASSWORD}")).await.starts_with("+OK") {
            return client;
        }
    }
    panic!("the mailbox stays locked");
}

#[tokio::test]
async fn the_mailbox_has_one_session_at_a_time_and_wants_the_password() {
    let servers = servers_with(&[]).await;
    let _first = Client::log_in(servers.pop3_port()).await;
    let mut second = Client::connect(servers.pop3_port()).await;
    assert!(
        second.ask("STAT").await.starts_with("-ERR"),
        "not before the password"
    );
    second.ask(&format!("USER {USER}")).await;
    assert!(second.ask("PASS wrong").await.starts_with("-ERR [AUTH]"));
    second.ask(&format!("USER {USER}")).await;
    assert!(
        second
            .ask(&format!("PASS {PASSWORD}"))
            .await
            .starts_with("-ERR [IN-USE]")
    );
    let capabilities = second.ask_lines("CAPA").await;
    for capability in ["TOP", "UIDL", "PIPELINING", "RESP-CODES"] {
        assert!(capabilities.iter().any(|line| line == capability), "{capability}");
    }
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order() {
    let servers = servers_with(&["a: 1\n\n", "a: 2\n\n"]).await;
    let mut client = Client::log_in(servers.pop3_port()).await;
    client
        .write(b"TOP 1 0\r\nTOP 2 0\r\nDELE 1\r\nNOOP\r\nQUIT\r\n")
        .await;
    let mut lines = vec![];
    for _ in 0..11 {
        lines.push(client.read().await);
    }
    assert_eq!(
        [lines[1].as_str(), lines[5].as_str()],
        ["a: 1", "a: 2"],
        "{lines:?}"
    );
    assert_eq!(servers.mailbox_count(), 1);
}

#[tokio::test]
async fn what_the_smtp_server_takes_is_kept_byte_for_byte() {
    let servers = servers_with(&[]).await;
    let mut client = Client::connect(servers.smtp_port()).await;
    let content = "Subject: x\r\n\r\n..dot\r\n\n.\nbare\r\n.\r\n";
    let answer = client
        .send(ADDRESS, &["\"a..b\"@docomo.ne.jp", "c@x.example"], content)
        .await;
    assert!(answer.starts_with("250"), "{answer}");
    timeout(Duration::from_secs(20), servers.wait_for_sent(1))
        .await
        .unwrap();
    let sent = servers.sent();
    assert_eq!(sent[0].from, ADDRESS);
    assert_eq!(sent[0].to, ["\"a..b\"@docomo.ne.jp", "c@x.example"]);
    assert_eq!(sent[0].bytes, b"Subject: x\r\n\r\n.dot\r\n\n.\nbare\r\n");
    assert_eq!(servers.mailbox_count(), 0);
}

#[tokio::test]
async fn a_local_part_that_breaks_the_rfc_must_be_quoted() {
    let servers = servers_with(&[]).await;
    let mut client = Client::connect(servers.smtp_port()).await;
    let answer = client.send("", &["a..b@docomo.ne.jp"], "").await;
    assert!(answer.starts_with("553"), "{answer}");
}

#[tokio::test]
async fn a_mail_to_our_own_address_comes_back_by_pop3() {
    let servers = servers_with(&[]).await;
    let mut client = Client::connect(servers.smtp_port()).await;
    let answer = client
        .send(
            "",
            &["Touroku@Karamail.example"],
            "Subject: x\r\n\r\nbody\r\n.\r\n",
        )
        .await;
    assert!(answer.starts_with("250"), "{answer}");
    timeout(Duration::from_secs(20), servers.wait_for_mailbox_at_least(1))
        .await
        .unwrap();
    let mut client = Client::log_in(servers.pop3_port()).await;
    let lines = client.ask_lines("RETR 1").await;
    assert_eq!(lines[0], "Return-Path: <>");
    assert_eq!(lines[2..], ["Subject: x", "", "body"]);
}

#[tokio::test]
async fn smtp_login_is_checked_and_commands_out_of_order_are_refused() {
    let servers = servers_with(&[]).await;
    let mut client = Client::connect(servers.smtp_port()).await;
    assert!(client.ask("MAIL FROM:<a@x.example>").await.starts_with("503"));
    client.ask("HELO x.example").await;
    assert!(client.ask("DATA").await.starts_with("503"));
    assert!(client.ask("RCPT TO:<a@x.example>").await.starts_with("503"));
    assert!(
        client
            .ask("MAIL FROM:<a@x.example> SIZE=99999999999")
            .await
            .starts_with("552")
    );
    // "\0touroku\0demo only", then the same with another password, then LOGIN.
    assert!(
        client
            .ask("AUTH PLAIN AHRvdXJva3UAZGVtbyBvbmx5")
            .await
            .starts_with("235")
    );
    assert!(
        client
            .ask("AUTH PLAIN AHRvdXJva3UAd3Jvbmc=")
            .await
            .starts_with("535")
    );
    assert!(client.ask("AUTH LOGIN").await.starts_with("334 VXNlcm5hbWU6"));
    assert!(client.ask("dG91cm9rdQ==").await.starts_with("334 UGFzc3dvcmQ6"));
    assert!(client.ask("ZGVtbyBvbmx5").await.starts_with("235"));
    assert!(client.ask("AUTH CRAM-MD5").await.starts_with("504"));
}

#[tokio::test]
async fn too_large_a_mail_is_refused_and_the_session_goes_on() {
    let servers = servers_with(&[]).await;
    let mut client = Client::connect(servers.smtp_port()).await;
    let line = format!("{}\r\n", "x".repeat(60_000));
    let content = format!(
        "{}.\r\n",
        line.repeat(karamail_core::limits::DEMO_MAIL_BYTES / line.len() + 1)
    );
    assert!(
        client
            .send("", &["a@x.example"], &content)
            .await
            .starts_with("552")
    );
    assert!(
        client
            .send("", &["a@x.example"], "small\r\n.\r\n")
            .await
            .starts_with("250")
    );
    assert_eq!(servers.sent_count(), 1);
}

#[tokio::test]
async fn connections_are_bounded() {
    let servers = servers_with(&[]).await;
    let mut open = vec![];
    for _ in 0..karamail_core::limits::DEMO_CONNECTIONS {
        open.push(Client::connect(servers.pop3_port()).await);
    }
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, servers.pop3_port()))
        .await
        .unwrap();
    let answer = Client(BufReader::new(stream)).read().await;
    assert!(answer.starts_with("-ERR [SYS/TEMP]"), "{answer}");
}

#[test]
fn five_customers_have_five_addresses_and_one_of_them_two_dots_in_a_row() {
    let at = "2026-04-01T09:00:00+09:00[Asia/Tokyo]".parse().unwrap();
    let mails = customers(5, &at);
    let of = |role| mails.iter().filter(move |mail| mail.role == role);
    let mut addresses: Vec<_> = of(Role::Customer).map(|mail| mail.address.as_str()).collect();
    assert!(addresses.contains(&"tanaka..hanako@docomo.ne.jp"));
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), 5);
    assert!(addresses.contains(&of(Role::Duplicate).next().unwrap().address.as_str()));
    assert_eq!((of(Role::OtherMail).count(), of(Role::AutoReply).count()), (1, 1));
    assert!(
        mails
            .iter()
            .all(|mail| mail.told(Language::English).contains(&mail.address))
    );
}

#[test]
fn the_cast_is_read_as_it_is_meant() {
    let at = "2026-04-01T09:00:00+09:00[Asia/Tokyo]".parse().unwrap();
    let mut ids = vec![];
    for mail in customers(7, &at) {
        let message = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let subject = message.subject().unwrap_or_default();
        let empty = subject.chars().all(karamail_core::address::is_blank);
        assert_eq!(empty, mail.role != Role::OtherMail, "{subject:?}");
        let from = message.from().unwrap().first().unwrap().address().unwrap();
        assert_eq!(from, mail.address);
        assert!(message.date().is_some_and(|date| date.is_valid()));
        assert_eq!(
            message.header("Auto-Submitted").is_some(),
            mail.role == Role::AutoReply
        );
        assert!(
            !mail
                .bytes
                .windows(2)
                .any(|pair| pair[1] == b'\n' && pair[0] != b'\r'),
            "bare LF"
        );
        ids.push(message.message_id().unwrap().to_owned());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10, "each mail has its own Message-ID");
}
