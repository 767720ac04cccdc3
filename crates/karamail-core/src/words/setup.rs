//! Words of setting up: providers, servers that answered, SPF and DMARC.
