//! The driver against bytes on sockets.
