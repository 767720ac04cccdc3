//! A name server on loopback that knows what a test tells it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use karamail_engine::setup::dns::Dns;
use tokio::net::UdpSocket;

/// Serves a zone written as lines `name TYPE value`; other names do not exist. `MX 10 host`, `TXT rest of the line`,
/// `FAIL` answers SERVFAIL.
pub(crate) async fn serve(zone: &str) -> SocketAddr {
    let mut records: HashMap<(String, String), Vec<String>> = HashMap::new();
    for line in zone.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(' ').unwrap();
        let (kind, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let place = records.entry((name.to_lowercase(), kind.to_owned())).or_default();
        place.push(value.to_owned());
    }
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let records = Arc::new(records);
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            if let Some(answer) = answer(&records, &buffer[..length]) {
                socket.send_to(&answer, peer).await.unwrap();
            }
        }
    });
    address
}

/// Asks a server of [`serve`].
pub(crate) async fn dns(zone: &str) -> Dns {
    Dns::at(serve(zone).await).unwrap()
}

fn answer(records: &HashMap<(String, String), Vec<String>>, question: &[u8]) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?.clone();
    let name = query.name().to_ascii().trim_end_matches('.').to_lowercase();
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.recursion_desired = true;
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    let kind = match query.query_type() {
        RecordType::A => "A",
        RecordType::AAAA => "AAAA",
        RecordType::MX => "MX",
        RecordType::TXT => "TXT",
        _ => "",
    };
    if records.contains_key(&(name.clone(), "FAIL".to_owned())) {
        answer.metadata.response_code = ResponseCode::ServFail;
    } else if !records.keys().any(|(known, _)| *known == name) {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    for value in records.get(&(name, kind.to_owned())).into_iter().flatten() {
        let data = match kind {
            "A" => RData::A(A(value.parse().unwrap())),
            "AAAA" => RData::AAAA(AAAA(value.parse().unwrap())),
            "MX" => {
                let (preference, host) = value.split_once(' ').unwrap();
                RData::MX(MX::new(
                    preference.parse().unwrap(),
                    Name::from_ascii(format!("{host}.")).unwrap(),
                ))
            }
            // Two strings, to be joined.
            _ => {
                let (one, two) = value.split_at(value.len() / 2);
                RData::TXT(TXT::new(vec![one.to_owned(), two.to_owned()]))
            }
        };
        answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
    }
    answer.to_vec().ok()
}
