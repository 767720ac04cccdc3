//! Writes the program's icon as PNG files, for packages: `cargo run -p karamail-tray --example icons -- FOLDER 16 32 256`.

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;

use karamail_tray::face::State;
use karamail_tray::icon;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    std::fs::create_dir_all(&folder)?;
    for size in arguments {
        let pixels: u32 = size.parse()?;
        let file = File::create(folder.join(format!("{size}.png")))?;
        let mut encoder = png::Encoder::new(file, pixels, pixels);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&icon::draw(State::Collecting, pixels))?;
        writer.finish()?;
    }
    Ok(())
}
