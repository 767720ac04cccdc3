//! Gives the Windows programs their icon, version facts and manifest.

use std::io;

use winresource::WindowsResource;

/// Japanese, as Windows numbers languages.
const JAPANESE: u16 = 0x0411;

/// The programs, and what Windows calls them in the task manager and in its notices.
const PROGRAMS: [(&str, &str); 2] = [
    ("karamail-tray", "空メール受付 Karamail"),
    ("karamail-window", "空メール受付 Karamail の画面"),
];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=packaging/windows/karamail.ico");
    println!("cargo:rerun-if-changed=packaging/windows/karamail.manifest");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return Ok(());
    }
    for (program, description) in PROGRAMS {
        let mut facts = WindowsResource::new();
        facts
            .set_language(JAPANESE)
            .set_icon("packaging/windows/karamail.ico")
            .set_manifest_file("packaging/windows/karamail.manifest")
            .set("ProductName", "空メール受付 Karamail")
            .set("FileDescription", description)
            .set("CompanyName", "Karamail")
            .set("LegalCopyright", "MIT License")
            .set("InternalName", program)
            .set("OriginalFilename", &format!("{program}.exe"));
        if cfg!(unix) {
            facts.set_windres_path("x86_64-w64-mingw32-windres");
            facts.set_ar_path("x86_64-w64-mingw32-ar");
        }
        facts.compile_for(program)?;
    }
    Ok(())
}
