//! Compiles the ledger's migrations in anew when one of them changed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
