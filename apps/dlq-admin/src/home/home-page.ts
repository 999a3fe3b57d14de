/** What `/` answers: where the API is. It asks for no key and tells nothing. */
export const homePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Carewire dead letters</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem}code{font-size:.95em}</style>
<h1>Carewire dead letters</h1>
<p>This is the API for events that could not be processed. Send <code>Authorization: Bearer cw_live_…</code>, a key with
the scope <code>dlq:admin</code>.</p>
<ul>
<li><code>GET /admin/dlq</code>: what failed, newest first</li>
<li><code>GET /admin/dlq/depth</code>: how much, and whether that is too much</li>
<li><code>GET /admin/dlq/groups</code>: by cause</li>
<li><code>GET /admin/dlq/:id</code>, <code>POST /admin/dlq/:id/retry</code>, <code>DELETE /admin/dlq/:id</code></li>
<li><code>GET /admin/consumers</code>, <code>POST /admin/consumers/:name/replay</code></li>
<li><code>GET /admin/lineage/:id</code>: the whole chain around anything</li>
</ul>
</html>
`;
