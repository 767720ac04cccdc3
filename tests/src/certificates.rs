//! Certificates, good and bad, signed by an authority made for the test.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing: valid for 127.0.0.1 and localhost, and signed by the authority that the test trusts.
    None,
    /// It ran out in 2021.
    Expired,
    /// Signed by an authority that nobody trusts.
    Foreign,
    /// For another host's name.
    WrongHost,
}

/// A certificate and its key, as files.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// The chain, PEM.
    pub certificate: PathBuf,
    /// The key, PEM.
    pub key: PathBuf,
}

/// An authority of our own.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
    folder: PathBuf,
}

impl Authority {
    /// Makes one; its files lie in `folder`.
    pub fn new(folder: &Path) -> Authority {
        let (issuer, pem) = authority("Karamail test authority");
        let file = folder.join("authority.pem");
        fs::write(&file, pem).expect("the folder can be written");
        Authority {
            issuer,
            file,
            folder: folder.to_owned(),
        }
    }

    /// The authority's own certificate, PEM, for `extra_ca_file`.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Signs a server certificate.
    pub fn issue(&self, flaw: Flaw) -> ServerCertificate {
        let names: &[&str] = match flaw {
            Flaw::WrongHost => &["mail.elsewhere.example"],
            _ => &["127.0.0.1", "localhost"],
        };
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut parameters = CertificateParams::new(names).expect("names and addresses");
        parameters.not_before = date_time_ymd(2020, 1, 1);
        parameters.not_after = match flaw {
            Flaw::Expired => date_time_ymd(2021, 1, 1),
            _ => date_time_ymd(2090, 1, 1),
        };
        let key = KeyPair::generate().expect("a key");
        let certificate = match flaw {
            Flaw::Foreign => parameters.signed_by(&key, &authority("Somebody else").0),
            _ => parameters.signed_by(&key, &self.issuer),
        }
        .expect("a certificate");
        let path = |kind: &str| self.folder.join(format!("{flaw:?}.{kind}.pem"));
        let files = ServerCertificate {
            certificate: path("certificate"),
            key: path("key"),
        };
        fs::write(&files.certificate, certificate.pem()).expect("the folder can be written");
        fs::write(&files.key, key.serialize_pem()).expect("the folder can be written");
        files
    }
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    let pem = parameters.self_signed(&key).expect("a certificate").pem();
    (Issuer::new(parameters, key), pem)
}
