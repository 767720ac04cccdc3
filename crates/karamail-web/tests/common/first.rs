//! The way through the first steps.

use axum::http::StatusCode;
use karamail_engine::demo;

use super::{Answer, Shop};

/// The fields of the servers' form.
pub const SERVER_FIELDS: [&str; 9] = [
    "pop3_host",
    "pop3_port",
    "pop3_security",
    "user",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_login",
    "smtp_user",
];

/// Types the demo's servers, as the owner of a private server does.
pub async fn type_servers(shop: &Shop, go: &str) -> Answer {
    type_servers_with(shop, go, "same", "").await
}

/// The same with this login for sending.
pub async fn type_servers_with(shop: &Shop, go: &str, login: &str, user: &str) -> Answer {
    let (pop3, smtp) = (
        shop.servers.pop3_port().to_string(),
        shop.servers.smtp_port().to_string(),
    );
    let values = [
        "127.0.0.1",
        &pop3,
        "none",
        demo::USER,
        "127.0.0.1",
        &smtp,
        "none",
        login,
        user,
    ];
    let mut fields: Vec<(&str, &str)> = SERVER_FIELDS.into_iter().zip(values).collect();
    fields.push(("go", go));
    shop.post("/first/servers", &fields).await
}

/// Goes as far as the servers, which nobody finds: no name server is asked here.
pub async fn to_servers(shop: &Shop, address: &str) -> Answer {
    let answer = shop.post("/first", &[("shop_name", "喫茶 <b>みどり</b>")]).await;
    assert_eq!(answer.location(), "/first/address");
    let answer = shop.post("/first/address", &[("address", address)]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/first/servers")
    );
    shop.wait_for("/first/servers", "name=\"pop3_host\"").await
}

pub async fn to_test(shop: &Shop) {
    to_servers(shop, demo::ADDRESS).await;
    assert_eq!(type_servers(shop, "next").await.location(), "/first/password");
    let answer = shop
        .post(
            "/first/password",
            &[("password", demo::PASSWORD), ("save", "yes")],
        )
        .await;
    assert_eq!(answer.location(), "/first/test");
}
