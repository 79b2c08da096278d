<?php
// Installs WordPress in the folder given and prints the application passwords of its users as JSON.
$_SERVER['HTTP_HOST'] = getenv('SITE_HOST');
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_false');

wp_install('The Proof', 'admin', 'admin@example.test', true, '', 'admin-password');
global $wp_rewrite;
update_option('permalink_structure', '/%postname%/');
$wp_rewrite->init();
$wp_rewrite->flush_rules(false);

$passwords = array();
foreach (array('administrator' => 'admin', 'author' => 'writer', 'contributor' => 'guest') as $role => $name) {
    $user = get_user_by('login', $name);
    $id = $user ? $user->ID : wp_insert_user(array(
        'user_login' => $name, 'user_pass' => "$name-password", 'user_email' => "$name@example.test", 'role' => $role,
    ));
    list($password) = WP_Application_Passwords::create_new_application_password($id, array('name' => 'tests'));
    $passwords[$name] = $password;
}
echo json_encode($passwords);
