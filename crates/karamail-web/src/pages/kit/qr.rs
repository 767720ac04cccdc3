//! The QR code that opens an empty mail to the shop (docs/decisions/0100): as one crisp path of an SVG, and as a PNG of whole
//! modules.

use karamail_core::address::EmailAddress;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code on each side (ISO/IEC 18004).
pub(crate) const QUIET_ZONE: usize = 4;
/// Shortest side of the PNG, pixels: a poster of 100 mm at 250 dots an inch.
const PNG_SIDE: usize = 1000;
/// Widest code that still gets the stronger correction, modules: version 8. Beyond it modules would get small on a card.
const STRONG_UP_TO: usize = 49;

/// Whether the code says that the subject is empty, or leaves it to the phone (where it is empty too).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// `mailto:ADDRESS`
    Unsaid,
    /// `mailto:ADDRESS?subject=`
    Empty,
}

/// A finished code.
#[derive(Clone, Debug)]
pub(crate) struct Qr {
    modules: Vec<bool>,
    width: usize,
}

/// The address as a URI that opens a mail to it (RFC 6068).
///
/// What RFC 6068 section 2 wants encoded is encoded, and so is `+`, which some readers take for a blank. The local part
/// stands in quotes where SMTP wants them.
pub(crate) fn mailto(address: &EmailAddress, subject: Subject) -> String {
    let mut uri = String::from("mailto:");
    for byte in address.to_envelope().bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~!$'*@".contains(&byte);
        if is_plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    if subject == Subject::Empty {
        uri.push_str("?subject=");
    }
    uri
}

impl Qr {
    /// The code of a text; `None` where it is longer than a code can hold, which no address is.
    pub(crate) fn of(text: &str) -> Option<Qr> {
        let strong = QrCode::with_error_correction_level(text, EcLevel::Q).ok();
        let code = match strong {
            Some(code) if code.width() <= STRONG_UP_TO => code,
            _ => QrCode::with_error_correction_level(text, EcLevel::M).ok()?,
        };
        let width = code.width();
        let modules = code
            .to_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect();
        Some(Qr { modules, width })
    }

    /// Modules on each side, with the quiet zone.
    pub(crate) fn side(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// Whether the module is dark; everything outside the code is light.
    fn is_dark(&self, row: usize, column: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < self.width);
        match (inside(row), inside(column)) {
            (Some(row), Some(column)) => self
                .modules
                .get(row * self.width + column)
                .copied()
                .unwrap_or(false),
            _ => false,
        }
    }

    /// The dark modules as the `d` of one path, a module being one unit, the quiet zone included.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for row in 0..self.side() {
            let mut column = 0;
            while column < self.side() {
                let run = (column..self.side())
                    .take_while(|column| self.is_dark(row, *column))
                    .count();
                if run > 0 {
                    path.push_str(&format!("M{column} {row}h{run}v1h-{run}z"));
                }
                column += run.max(1);
            }
        }
        path
    }

    /// The code alone, as an SVG file.
    pub(crate) fn svg(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             width=\"100mm\" height=\"100mm\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
             <path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"{path}\"/></svg>\n",
            side = self.side(),
            path = self.path(),
        )
    }

    /// The code alone, as a PNG file in black and white: at least 1000 pixels a side, each module equally many.
    ///
    /// # Errors
    /// What the encoder says; writing to memory, it has nothing to say.
    pub(crate) fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let scale = PNG_SIDE.div_ceil(self.side());
        let side = self.side() * scale;
        let mut rows = Vec::with_capacity(side * side.div_ceil(8));
        for row in 0..self.side() {
            let line = self.png_row(row, scale);
            for _ in 0..scale {
                rows.extend_from_slice(&line);
            }
        }
        let pixels = u32::try_from(side).unwrap_or(u32::MAX);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, pixels, pixels);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.write_header()?.write_image_data(&rows)?;
        Ok(file)
    }

    /// One row of pixels, eight to a byte, light being 1.
    fn png_row(&self, row: usize, scale: usize) -> Vec<u8> {
        let side = self.side() * scale;
        let mut line = vec![0xFF_u8; side.div_ceil(8)];
        for pixel in (0..side).filter(|pixel| self.is_dark(row, pixel / scale)) {
            if let Some(byte) = line.get_mut(pixel / 8) {
                *byte &= !(0x80 >> (pixel % 8));
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, uri: &str) {
        let address = EmailAddress::parse(address).unwrap();
        assert_eq!(mailto(&address, Subject::Unsaid), uri);
        assert_eq!(mailto(&address, Subject::Empty), format!("{uri}?subject="));
    }

    #[test]
    fn addresses_are_written_as_rfc_6068_wants_them() {
        check("touroku@karamail.example", "mailto:touroku@karamail.example");
        check("a+b@x.jp", "mailto:a%2Bb@x.jp");
        check("a/b?c&d=e#f%g@x.jp", "mailto:a%2Fb%3Fc%26d%3De%23f%25g@x.jp");
        check("a..b@docomo.ne.jp", "mailto:%22a..b%22@docomo.ne.jp");
        check("\u{5E97}@x.jp", "mailto:%E5%BA%97@x.jp");
        check("a@\u{65E5}\u{672C}\u{8A9E}.jp", "mailto:a@xn--wgv71a119e.jp");
    }

    /// What a camera would read.
    fn read(qr: &Qr) -> String {
        let scale = 4;
        let side = qr.side() * scale;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if qr.is_dark(y / scale, x / scale) { 0 } else { 255 }
        });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "one code");
        grids[0].decode().unwrap().1
    }

    #[test]
    fn every_length_of_address_can_be_read_again() {
        for length in (1..=60).chain([64]) {
            let text = format!(
                "mailto:{}@{}.example.jp?subject=",
                "a".repeat(length),
                "d".repeat(length.min(60))
            );
            assert_eq!(read(&Qr::of(&text).unwrap()), text);
        }
    }

    #[test]
    fn there_are_four_light_modules_on_every_side() {
        let qr = Qr::of("mailto:touroku@karamail.example").unwrap();
        let last = qr.side() - QUIET_ZONE;
        for at in 0..qr.side() {
            for edge in (0..QUIET_ZONE).chain(last..qr.side()) {
                assert!(!qr.is_dark(edge, at) && !qr.is_dark(at, edge));
            }
        }
        assert!(
            qr.is_dark(QUIET_ZONE, QUIET_ZONE),
            "the finder begins right behind it"
        );
    }
}
