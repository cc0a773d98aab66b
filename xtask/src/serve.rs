//! A static server for one's own machine: `GET` and `HEAD` of the files in `dist/`, on 127.0.0.1.
//!
//! No ranges, no compression, one thread per connection. It is for looking at the page, not for the
//! world; hosting needs nothing but any static server.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

/// Longest request head that is read.
const HEAD_LIMIT_BYTES: u64 = 64 * 1024;

/// A connection that is silent for longer is closed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes the port, on this machine alone.
pub(crate) fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("could not listen on port {port}; choose another, as in `make serve PORT=8081`")
    })
}

/// Serves until the process is ended.
pub(crate) fn serve(listener: &TcpListener, dist: &Path) -> anyhow::Result<()> {
    println!(
        "\nrunsift is at http://{}/ (ctrl-c ends it)",
        listener.local_addr()?
    );
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        let dist = dist.to_owned();
        start(move || {
            // A browser that goes away in the middle is no news.
            drop(answer(&stream, &dist));
        });
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the bundler runs on the host, where there are threads"
)]
fn start(work: impl FnOnce() + Send + 'static) {
    std::thread::spawn(work);
}

fn answer(stream: &TcpStream, dist: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(stream.take(HEAD_LIMIT_BYTES)).lines();
    let request = head.next().transpose()?.unwrap_or_default();
    for line in head {
        if line?.is_empty() {
            break;
        }
    }
    let response = respond(&request, dist);
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: {}\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        response.status,
        response.media_type,
        response.body.len(),
        response.cache,
    )?;
    if !response.head_only {
        stream.write_all(&response.body)?;
    }
    stream.flush()
}

#[derive(Debug)]
struct Response {
    status: &'static str,
    media_type: &'static str,
    cache: &'static str,
    body: Vec<u8>,
    head_only: bool,
}

fn respond(request: &str, dist: &Path) -> Response {
    let mut words = request.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let refused = |status: &'static str| Response {
        status,
        media_type: "text/plain; charset=utf-8",
        cache: "no-store",
        body: format!("{status}\n").into_bytes(),
        head_only: method == "HEAD",
    };
    if !matches!(method, "GET" | "HEAD") {
        return refused("405 Method Not Allowed");
    }
    let Some(path) = file_of(target, dist) else {
        return refused("400 Bad Request");
    };
    match fs::read(&path) {
        Ok(body) => Response {
            status: "200 OK",
            media_type: media_type(&path),
            cache: if is_hashed(&path) {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            },
            body,
            head_only: method == "HEAD",
        },
        Err(_) => refused("404 Not Found"),
    }
}

/// The file that a request's target names; `None` where it would leave the folder. Our own names
/// hold no character that a URL would escape.
fn file_of(target: &str, dist: &Path) -> Option<PathBuf> {
    let target = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let relative = Path::new(target);
    if target.contains('\\')
        || !relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let path = dist.join(relative);
    Some(if target.is_empty() || target.ends_with('/') {
        path.join("index.html")
    } else {
        path
    })
}

/// Names such as `runsift-0123456789abcdef.wasm.gz` never change what they hold.
fn is_hashed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let stem = name.and_then(|name| name.split('.').next());
    let digits = stem.and_then(|stem| stem.rsplit_once('-'));
    let digits = digits.map_or("", |(_, digits)| digits);
    digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn media_type(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "csv" => "text/csv; charset=utf-8",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{file_of, is_hashed, media_type, respond};

    #[test]
    fn targets_stay_inside_the_folder() {
        let dist = Path::new("dist");
        assert_eq!(file_of("/", dist).unwrap(), Path::new("dist/index.html"));
        assert_eq!(
            file_of("/samples/a.csv?x=1", dist).unwrap(),
            Path::new("dist/samples/a.csv")
        );
        for odd in [
            "/../Cargo.toml",
            "//etc/passwd",
            "/samples/../../x",
            "index.html",
            "/a\\..\\b",
            "",
        ] {
            assert_eq!(file_of(odd, dist), None, "{odd}");
        }
    }

    #[test]
    fn the_packed_module_goes_out_as_it_is() {
        let module = Path::new("dist/runsift-0123456789abcdef.wasm.gz");
        assert_eq!(media_type(module), "application/gzip");
        assert!(is_hashed(module));
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed(Path::new("dist/runsift-0123456789abcdef.js")));
        assert!(!is_hashed(Path::new("dist/index.html")));
        assert!(!is_hashed(Path::new("dist/runsift-latest.js")));
    }

    #[test]
    fn other_requests_are_refused() {
        let dist = Path::new("no-such-folder");
        assert_eq!(
            respond("POST / HTTP/1.1", dist).status,
            "405 Method Not Allowed"
        );
        assert_eq!(
            respond("GET /../x HTTP/1.1", dist).status,
            "400 Bad Request"
        );
        assert_eq!(respond("GET /x HTTP/1.1", dist).status, "404 Not Found");
        assert!(respond("HEAD /x HTTP/1.1", dist).head_only);
    }
}
