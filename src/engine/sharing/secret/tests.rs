//! What is found in texts, and what is left alone.

use super::*;

fn told(text: &str) -> Vec<(&str, SecretKind)> {
    spotted(text)
        .into_iter()
        .map(|(place, kind)| (&text[place], kind))
        .collect()
}

#[test]
fn what_gives_something_away_is_found_where_it_stands() {
    use SecretKind::{Email, Host, Path, Token, User};
    let cases: &[(&str, &[(&str, SecretKind)])] = &[
        (
            "/home/anna/My Data/train.csv",
            &[("/home/anna/My Data/train.csv", Path)],
        ),
        (
            "python /home/anna/train.py --lr 3e-4",
            &[("/home/anna/train.py", Path)],
        ),
        (
            "/usr/bin/python train.py --data=/srv/d/x",
            &[("/usr/bin/python", Path), ("/srv/d/x", Path)],
        ),
        ("C:\\Users\\Anna\\runs", &[("C:\\Users\\Anna\\runs", Path)]),
        ("~/runs and more", &[("~/runs and more", Path)]),
        ("see ~/runs", &[("~/runs", Path)]),
        ("mail anna.b@uni-x.ac.uk.", &[("anna.b@uni-x.ac.uk", Email)]),
        ("{\"to\":\"a@b.org\",\"n\":1}", &[("a@b.org", Email)]),
        (
            "http://tracker.corp:5000/#/experiments/1",
            &[("http://tracker.corp:5000/#/experiments/1", Host)],
        ),
        ("s3://bucket/anna/x", &[("s3://bucket/anna/x", Host)]),
        ("file:///data/x.csv", &[("file:///data/x.csv", Path)]),
        ("10.0.3.17:8080 up", &[("10.0.3.17:8080", Host)]),
        ("anna@gpu7:/data/set", &[("anna@gpu7:/data/set", Path)]),
        (
            "train.py --password hunter2xyz --lr 3e-4 --api-key=q1w2",
            &[("hunter2xyz", Token), ("q1w2", Token)],
        ),
        ("token=abc, depth=3", &[("abc", Token)]),
        ("--token --verbose tokens spent", &[]),
        (
            "git@github.com:secretorg/project.git",
            &[("git@github.com:secretorg/project.git", Host)],
        ),
        (
            "//fileserver9/share/anna",
            &[("//fileserver9/share/anna", Path)],
        ),
        (
            "http on fe80::1ff:fe23:4567:890a",
            &[("fe80::1ff:fe23:4567:890a", Host)],
        ),
        ("at 12:30:45, a::b:c or std::fs::read", &[]),
        (
            "on node017.cluster.local: done",
            &[("node017.cluster.local", Host)],
        ),
        ("ssh anna@gpu-3.lan", &[("anna@gpu-3.lan", Email)]),
        (
            "key=sk-abcdefghij0123456789",
            &[("sk-abcdefghij0123456789", Token)],
        ),
        (
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            &[("ghp_16C7e42F292c6912E7710c838347Ae178B4a", Token)],
        ),
        (
            "hf_QxYzKmNoPqRsTuVwAbCdEfGhIjKlMnOpQr",
            &[("hf_QxYzKmNoPqRsTuVwAbCdEfGhIjKlMnOpQr", Token)],
        ),
        (
            "Authorization: Bearer abcdef123456",
            &[("abcdef123456", Token)],
        ),
        (
            "curl -H 'Authorization: Basic YW5uYTpwYXNzd29yZA==' -X GET",
            &[("YW5uYTpwYXNzd29yZA", Token)],
        ),
        (
            "proxy-authorization: token abcdef and more",
            &[("abcdef", Token)],
        ),
        ("x-api-key: q1w2e3, depth: 3", &[("q1w2e3", Token)]),
        (
            "train.py --password \"my secret, or 'two'\" --lr 3e-4 --token='a b c' --seed 1",
            &[("my secret, or 'two'", Token), ("a b c", Token)],
        ),
        (
            "{\"api_key\": \"q1w2e3\", \"Authorization\": \"Bearer secret\", \"depth\": 3}",
            &[("q1w2e3", Token), ("secret", Token)],
        ),
        ("password=\"open\nto its end", &[("open", Token)]),
        (
            "SLURM_NODELIST=gpu[01-04],c7 USER=anna lr=3e-4",
            &[("gpu[01-04],c7", Host), ("anna", User)],
        ),
        (
            "a@b.org\n-----BEGIN RSA PRIVATE KEY-----\nMIIE/x\nab=\n-----END RSA PRIVATE KEY-----\nat ~/runs",
            &[
                ("a@b.org", Email),
                (
                    "-----BEGIN RSA PRIVATE KEY-----\nMIIE/x\nab=\n-----END RSA PRIVATE KEY-----",
                    Token,
                ),
                ("~/runs", Path),
            ],
        ),
        (
            "-----BEGIN PRIVATE KEY-----\ncut off",
            &[("-----BEGIN PRIVATE KEY-----\ncut off", Token)],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), *expected, "{text}");
    }
}

#[test]
fn what_gives_nothing_away_stays() {
    for text in [
        "adam",
        "val/loss",
        "/s",
        "0.1.2",
        "1.2.3.400",
        "data/train.csv",
        "a@b",
        "lr=3e-4",
        "1/2",
        "2026-11-28T10:00:00Z",
        "sk-learn",
        "local.optimum and the.localization",
        ".local",
        "hf_transfer_enabled_by_default",
        "hf_TransformerEncoder",
        "pad_token: <pad>, auth_token: null, secret: none, token: 3.5",
        "password-free: yes. Bearer tokens help",
        "authorization: none, basic resnet50 as before; a basic: token model7b",
        "--password \"\" --lr 3e-4",
        "node=4,host=true,user=all NODE=4",
        "//",
        "x // y",
        "a: b",
        "…/é",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "",
    ] {
        assert_eq!(told(text), [], "{text}");
    }
}

#[test]
fn columns_and_homes_name_people_and_machines() {
    assert_eq!(named_kind("tags.mlflow.user"), Some(SecretKind::User));
    assert_eq!(named_kind("host"), Some(SecretKind::Host));
    assert_eq!(named_kind("wandb/api_key"), Some(SecretKind::Token));
    assert_eq!(named_kind("OPENAI_API_KEY"), Some(SecretKind::Token));
    for name in ["env.AWS_SECRET_ACCESS_KEY", "wandb_key", "db_passphrase"] {
        assert_eq!(named_kind(name), Some(SecretKind::Token), "{name}");
    }
    let command = "train.py --wandb_key 0123456789abcdef0123456789abcdef01234567";
    assert_eq!(spotted(command), [(21..61, SecretKind::Token)]);
    assert_eq!(named_kind("slurm_nodelist"), Some(SecretKind::Host));
    let named = named_kind("params.data_dir");
    assert_eq!(whole_kind(named, "data/private"), Some(SecretKind::Path));
    assert_eq!(whole_kind(named, "cifar"), None);
    for name in [
        "max_tokens",
        "lr",
        "num_nodes",
        "tokenizer",
        "id",
        "rng_key",
        "metric_key",
    ] {
        assert_eq!(named_kind(name), None, "{name}");
    }
    let found: Vec<&str> = homes("a /home/anna/x and C:\\Users\\Bo\\y").collect();
    assert_eq!(found, ["anna", "Bo"]);
}

#[test]
fn people_are_named_beside_their_addresses_and_in_them() {
    let of = |text: &str| -> Vec<String> {
        let spots = spotted(text).into_iter();
        let emails = spots.filter(|(_, kind)| *kind == SecretKind::Email);
        emails
            .flat_map(|(place, _)| people(text, &place))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(
        of("Quentin Doe <quentin@x.org>"),
        ["Quentin Doe", "Quentin", "quentin"]
    );
    assert_eq!(
        of("commit 1f\nAuthor: Bo van Dyke <b.dyke7@x.org>\nDate"),
        ["Dyke", "b.dyke7", "dyke7"]
    );
    assert_eq!(
        of("by \"Éva Nagy-Kis\" <e@x.org>"),
        ["Éva Nagy-Kis", "Nagy-Kis"]
    );
    assert_eq!(of("Anna (anna@x.org)"), ["Anna", "anna"]);
    // A mailbox of nobody, a short name, and what is no name.
    assert_eq!(of("mail to <info@x.org>, <ab@x.org>"), [""; 0]);
    assert_eq!(of("loss = 3 <data@x.org>"), [""; 0]);
}
