//! The .ico of the Windows programs is what `icon::draw` draws. `KARAMAIL_WRITE_ICO=1 cargo test -p karamail-tray --test ico` writes it
//! anew after the drawing has changed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use karamail_tray::face::State;
use karamail_tray::icon;

/// What Windows asks for between 100 % and 400 %, in the task bar, the Start menu and Explorer.
const SIZES: [u32; 9] = [16, 20, 24, 32, 40, 48, 64, 128, 256];
/// The whole file, bytes: it is in each program.
const MOST: usize = 100 * 1024;

#[test]
fn the_ico_file_is_what_is_drawn() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/windows/karamail.ico");
    let drawn = ico();
    assert!(drawn.len() < MOST, "{} bytes", drawn.len());
    if std::env::var_os("KARAMAIL_WRITE_ICO").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    assert!(
        std::fs::read(&path).unwrap() == drawn,
        "the drawing has changed: KARAMAIL_WRITE_ICO=1 writes {}",
        path.display()
    );
}

/// A directory of pictures, each a PNG file.
fn ico() -> Vec<u8> {
    let pictures: Vec<Vec<u8>> = SIZES.iter().map(|size| png(*size)).collect();
    let count = u16::try_from(SIZES.len()).unwrap();
    let mut bytes: Vec<u8> = [0_u16, 1, count]
        .iter()
        .flat_map(|field| field.to_le_bytes())
        .collect();
    let mut place = 6 + 16 * SIZES.len();
    for (size, picture) in SIZES.iter().zip(&pictures) {
        // 0 stands for 256.
        let side = u8::try_from(*size).unwrap_or(0);
        bytes.extend([side, side, 0, 0, 1, 0, 32, 0]);
        bytes.extend(u32::try_from(picture.len()).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(place).unwrap().to_le_bytes());
        place += picture.len();
    }
    bytes.extend(pictures.concat());
    bytes
}

fn png(size: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&icon::draw(State::Collecting, size))
        .unwrap();
    writer.finish().unwrap();
    bytes
}
