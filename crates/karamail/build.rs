//! Gives `karamail.exe` its icon, version facts and manifest, those of the desktop programs.

use std::io;

use winresource::WindowsResource;

/// Japanese, as Windows numbers languages.
const JAPANESE: u16 = 0x0411;
const PACKAGING: &str = "../karamail-tray/packaging/windows";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={PACKAGING}");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return Ok(());
    }
    let mut facts = WindowsResource::new();
    facts
        .set_language(JAPANESE)
        .set_icon(&format!("{PACKAGING}/karamail.ico"))
        .set_manifest_file(&format!("{PACKAGING}/karamail.manifest"))
        .set("ProductName", "空メール受付 Karamail")
        .set("FileDescription", "空メール受付 Karamail のコマンド")
        .set("CompanyName", "Karamail")
        .set("LegalCopyright", "MIT License")
        .set("InternalName", "karamail")
        .set("OriginalFilename", "karamail.exe");
    if cfg!(unix) {
        facts.set_windres_path("x86_64-w64-mingw32-windres");
        facts.set_ar_path("x86_64-w64-mingw32-ar");
    }
    facts.compile_for("karamail")
}
