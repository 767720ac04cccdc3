//! Certificates that the shop itself named (docs/decisions/0060-a-named-certificate-is-accepted.md).
//!
//! Small shared hosts serve a certificate that signed itself and says that it is an authority, as openssl makes it. The
//! rules for authorities refuse it as a server's own, even where it is the very one in the shop's file. Byte for byte
//! that one is accepted here, for the host it names and while it is in date.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use rustls_platform_verifier::Verifier;

/// The platform's judgement, and beside it the certificates of the shop's own file as they stand.
#[derive(Debug)]
pub(super) struct PinningVerifier {
    pub(super) platform: Verifier,
    pub(super) named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for PinningVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged =
            self.platform
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if judged.is_err()
            && self
                .named
                .iter()
                .any(|named| named.as_ref() == end_entity.as_ref())
        {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return in_date(end_entity, now).map(|()| ServerCertVerified::assertion());
        }
        judged
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

fn in_date(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let refused = |fault: CertificateError| Err(Error::InvalidCertificate(fault));
    let Some((first, last)) = validity(certificate) else {
        return refused(CertificateError::BadEncoding);
    };
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < first {
        return refused(CertificateError::NotValidYet);
    }
    if now > last {
        return refused(CertificateError::Expired);
    }
    Ok(())
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// The first and the last second (Unix time) of a certificate (RFC 5280 section 4.1).
fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (signed, _) = element(certificate, SEQUENCE)?;
    let rest = element(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (_serial, rest) = element(rest, INTEGER)?;
    let (_algorithm, rest) = element(rest, SEQUENCE)?;
    let (_issuer, rest) = element(rest, SEQUENCE)?;
    let (validity, _) = element(rest, SEQUENCE)?;
    let (first, rest) = time(validity)?;
    let (last, _) = time(rest)?;
    Some((first, last))
}

/// The content of the DER element in front, if it has this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x0f))?;
            let length = digits
                .iter()
                .fold(0, |length, digit| length << 8 | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn time(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (text, rest, year_digits) = match element(bytes, UTC_TIME) {
        Some((text, rest)) => (text, rest, 2),
        None => element(bytes, GENERALIZED_TIME).map(|(text, rest)| (text, rest, 4))?,
    };
    let (year, text) = text.strip_suffix(b"Z")?.split_at_checked(year_digits)?;
    let year = match (number::<i16>(year)?, year_digits) {
        (year @ ..50, 2) => 2000 + year,
        (year, 2) => 1900 + year,
        (year, _) => year,
    };
    let fields: Vec<i8> = text.chunks(2).map(number).collect::<Option<_>>()?;
    let [month, day, hour, minute, second] = fields.as_slice() else {
        return None;
    };
    let at = DateTime::new(year, *month, *day, *hour, *minute, *second, 0).ok()?;
    Some((at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second(), rest))
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn the_dates_of_a_certificate_are_read_to_the_second() {
        let check = |from: i32, until: i32| {
            let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            (params.not_before, params.not_after) =
                (date_time_ymd(from, 2, 28), date_time_ymd(until, 12, 31));
            let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            let dates = (
                params.not_before.unix_timestamp(),
                params.not_after.unix_timestamp(),
            );
            assert_eq!(validity(certificate.der()), Some(dates));
        };
        check(1999, 2049);
        check(2050, 2100);
    }

    #[test]
    fn what_is_no_certificate_has_no_dates() {
        for bytes in [
            b"".as_slice(),
            b"0",
            b"0\x84\xff\xff\xff\xff",
            b"0\x020\x00",
            &[0x30; 64],
        ] {
            assert_eq!(validity(bytes), None, "{bytes:?}");
        }
    }
}
