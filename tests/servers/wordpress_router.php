<?php
// What Apache's rewrite rules do, for PHP's own server: files as they are, everything else through WordPress.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ($path !== '/' && is_file($file)) {
    return false;
}
$script = is_dir($file) && $path !== '/' && is_file("$file/index.php") ? rtrim($path, '/') . '/index.php' : '/index.php';
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $script;
chdir(dirname($_SERVER['DOCUMENT_ROOT'] . $script));
require $_SERVER['DOCUMENT_ROOT'] . $script;
