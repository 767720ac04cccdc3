//! Compiles the ledger's migrations in anew when one of them changed, and what tells glibc's allocator to give memory back
//! (docs/decisions/0140).

use std::env;

const ALLOCATOR: &str = "allocator/glibc.c";

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed={ALLOCATOR}");
    let target = |key: &str| env::var(key).unwrap_or_default();
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        cc::Build::new()
            .file(ALLOCATOR)
            // Nothing calls it: the linker would leave it out.
            .link_lib_modifier("+whole-archive")
            .compile("karamail_allocator");
    }
}
