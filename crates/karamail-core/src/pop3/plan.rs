//! What is fetched of a listing.
